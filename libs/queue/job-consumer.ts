import { setTimeout as pause } from 'node:timers/promises';

import { newCounter } from '#telemetry';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';

import { DirectWork } from './direct-work.js';
import { type QueueDriver, type WorkerHandle, type WorkerSettings } from './driver.js';
import { jobCatalog, type JobName, type JobPayload } from './job-catalog.js';
import { QueueTrouble } from './queue-trouble.js';

/** How long a process that starts waits for its queue. Afterwards it goes on without, and is connected when it can be. */
const CONNECT_MS = 5_000;
/** How long after a refusal the next attempt to connect waits. */
const RETRY_MS = 1_000;

const failedJobs = newCounter({
  name: 'bulkhead_jobs_failed_total',
  help: 'Jobs whose handler failed, which nothing but this and the log tells.',
  labels: ['queue'],
});

/** Takes jobs of the catalog from their queues. */
@Injectable()
export class JobConsumer implements BeforeApplicationShutdown {
  private readonly logger = new Logger(JobConsumer.name);
  private readonly workers = new Set<WorkerHandle>();
  private readonly stopping = new AbortController();

  /** @param direct is told how jobs are done, for while the queue is away. */
  constructor(
    private readonly driver: QueueDriver,
    private readonly direct = new DirectWork(),
  ) {}

  /**
   * Starts working on a queue; resolves when connected, or after a while without. A handler that rejects ends its job as failed,
   * which is logged; nothing else follows from it.
   */
  async consume<Name extends JobName>(
    name: Name,
    settings: WorkerSettings,
    handle: (payload: JobPayload<Name>) => Promise<void>,
  ): Promise<void> {
    const process = async (job: { data: unknown }): Promise<void> => {
      try {
        await handle(jobCatalog[name].payload.parse(job.data) as JobPayload<Name>);
      } catch (error) {
        // Here and not in an event of the queue: a job that was taken from this worker has no such event.
        this.logger.error({ err: error, queue: name, payload: job.data }, 'a job failed');
        failedJobs.inc({ queue: name });
        throw error;
      }
    };
    this.direct.handleWith(name, settings.concurrency, (payload) => process({ data: payload }).catch(() => undefined));
    const trouble = new QueueTrouble(this.logger, name, () => this.driver.repair(name));
    await new Promise<void>((resolve) => {
      setTimeout(resolve, CONNECT_MS).unref();
      void this.keepWorking(() => this.driver.worker(name, process, settings), trouble, resolve);
    });
  }

  /** Takes no new job and waits for those in hand, while the database is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled([...[...this.workers].map((worker) => worker.close()), this.direct.stop()]);
  }

  /**
   * Works until the process stops. A worker of the queue whose first connection is refused (the server is full, or just
   * starting) never asks again, so the next one takes its place.
   */
  private async keepWorking(open: () => WorkerHandle, trouble: QueueTrouble, onReady: () => void): Promise<void> {
    const { signal } = this.stopping;
    const stopped = (): boolean => signal.aborted;
    while (!stopped()) {
      const worker = open();
      worker.on('error', (error) => {
        trouble.hear(error);
      });
      this.workers.add(worker);
      try {
        await worker.waitUntilReady();
        onReady();
        await worker.run();
      } catch (error) {
        if (!stopped()) trouble.hear(error as Error);
      }
      if (stopped()) return;
      this.workers.delete(worker);
      worker.close(true).catch(() => undefined);
      await pause(RETRY_MS, undefined, { ref: false, signal }).catch(() => undefined);
    }
  }
}
