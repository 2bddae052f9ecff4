import { performance } from 'node:perf_hooks';

import { type JobsOptions } from 'bullmq';

import { type QueueHandle } from './driver.js';

/** The queue is unavailable and nothing was queued. */
export class QueueUnavailable extends Error {
  override readonly name = 'QueueAway';
}

/** A connection without any response for this long is dropped. */
const PATIENCE_MS = 5_000;
/** Pause before the next attempt. Until then, jobs are refused at once. */
const PAUSE_MS = 1_000;
/** Maximum number of jobs in flight to the queue; more are refused. */
const MOST_UNDER_WAY = 2_000;

/**
 * Adds jobs to one queue without long waits: the clients of both backends would buffer commands in memory for as long
 * as the queue is unavailable. A connection that reports an error, fails a job or does not respond is dropped with all
 * pending jobs. The next connection also recreates a dropped schema.
 */
export class Producer {
  private handle: QueueHandle | null = null;
  private readonly underWay = new Set<(error: Error) => void>();
  private awayUntil = 0;
  private answeredAt = 0;
  private watch: NodeJS.Timeout | null = null;

  /** @param onError called for every dropped connection. */
  constructor(
    private readonly open: () => QueueHandle,
    private readonly onError: (error: Error) => void,
  ) {}

  /**
   * @param insistOn deduplication id of a job that no worker is processing, even if the queue has it marked active.
   * @throws QueueAway, or the error of the queue.
   */
  async add(name: string, payload: object, options: JobsOptions, insistOn: string | null): Promise<void> {
    if (performance.now() < this.awayUntil) throw new QueueUnavailable('the queue is unavailable');
    if (this.underWay.size >= MOST_UNDER_WAY) throw new QueueUnavailable('too many jobs are in flight to the queue');
    if (this.underWay.size === 0) this.answeredAt = performance.now();
    const handle = this.connected();
    await new Promise<void>((resolve, reject) => {
      this.underWay.add(reject);
      const answered = (): void => {
        this.underWay.delete(reject);
        this.answeredAt = performance.now();
      };
      const released = insistOn === null ? Promise.resolve() : handle.releaseActive(insistOn);
      const added = released.then(() => handle.add(name, payload, options));
      added.then(
        () => {
          answered();
          resolve();
        },
        (error: unknown) => {
          answered();
          reject(asError(error));
          this.giveUp(handle, asError(error));
        },
      );
    });
  }

  async close(): Promise<void> {
    const { handle } = this;
    this.forget();
    await handle?.close();
  }

  private connected(): QueueHandle {
    if (this.handle !== null) return this.handle;
    const handle = this.open();
    handle.on('error', (error) => {
      this.giveUp(handle, error);
    });
    this.handle = handle;
    this.watch = setInterval(() => {
      const isSilent = this.underWay.size > 0 && performance.now() - this.answeredAt > PATIENCE_MS;
      if (isSilent) this.giveUp(handle, new QueueUnavailable('the queue does not respond'));
    }, 1_000);
    this.watch.unref();
    return handle;
  }

  private giveUp(handle: QueueHandle, error: Error): void {
    if (this.handle !== handle) return;
    this.forget();
    this.awayUntil = performance.now() + PAUSE_MS;
    for (const reject of this.underWay) reject(error);
    this.underWay.clear();
    handle.close().catch(() => undefined);
    this.onError(error);
  }

  private forget(): void {
    this.handle = null;
    if (this.watch !== null) clearInterval(this.watch);
    this.watch = null;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
