import { setTimeout as pause } from 'node:timers/promises';

import { MissingRunner } from '#background';
import { newCounter } from '#telemetry';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';

import { DirectWork } from './direct-work.js';
import { type QueueDriver, type WorkerHandle, type WorkerSettings } from './driver.js';
import {
  jobCatalog,
  type JobHandlers,
  type JobName,
  jobNames,
  type JobPayload,
  type JobSettings,
} from './job-catalog.js';
import { QueueErrors } from './queue-errors.js';

/** Pause before the next attempt to connect. */
const RETRY_MS = 1_000;

const failedJobs = newCounter({
  name: 'bulkhead_jobs_failed_total',
  help: 'Jobs whose handler failed. Failures are only visible here and in the log.',
  labels: ['queue'],
});

/** Consumes jobs of the catalog from their queues. */
@Injectable()
export class JobConsumer implements BeforeApplicationShutdown {
  private readonly logger = new Logger(JobConsumer.name);
  private readonly workers = new Set<WorkerHandle>();
  private readonly stopping = new AbortController();

  /** @param direct runs jobs while the queue is unavailable. */
  constructor(
    private readonly driver: QueueDriver,
    private readonly direct = new DirectWork(),
  ) {}

  /**
   * Starts consuming all queues of the catalog, side by side.
   * @throws MissingRunner before the first, when a job of the catalog has no handler
   */
  consumeAll(handlers: JobHandlers, settings: JobSettings): void {
    const missing = jobNames.filter((name) => !(name in handlers));
    if (missing.length > 0) {
      throw new MissingRunner(`The worker cannot start: nothing handles the job "${missing.join('", "')}".`);
    }
    for (const name of jobNames) {
      const handle = handlers[name] as (payload: JobPayload<JobName>) => Promise<void>;
      this.consume(name, jobCatalog[name].work(settings), handle);
    }
  }

  /**
   * Starts consuming a queue, and connects to it in the background. If the handler rejects, the job fails, which is
   * logged and has no other effect.
   */
  consume<Name extends JobName>(
    name: Name,
    settings: WorkerSettings,
    handle: (payload: JobPayload<Name>) => Promise<void>,
  ): void {
    const process = async (job: { data: unknown }): Promise<void> => {
      try {
        await handle(jobCatalog[name].payload.parse(job.data) as JobPayload<Name>);
      } catch (error) {
        // Logged here because the queue emits no event for a job that was taken from this worker.
        this.logger.error({ err: error, queue: name, payload: job.data }, 'a job failed');
        failedJobs.inc({ queue: name });
        throw error;
      }
    };
    this.direct.handleWith(name, settings.concurrency, (payload) => process({ data: payload }).catch(() => undefined));
    const errors = new QueueErrors(this.logger, name, () => this.driver.repair(name));
    void this.keepWorking(() => this.driver.worker(name, process, settings), errors);
  }

  /** Takes no new job and waits for the running ones while the database is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled([...[...this.workers].map((worker) => worker.close()), this.direct.stop()]);
  }

  /**
   * Consumes until the process stops. A BullMQ worker whose first connection is refused (the server is full or
   * starting) never reconnects, so it is replaced.
   */
  private async keepWorking(open: () => WorkerHandle, errors: QueueErrors): Promise<void> {
    const { signal } = this.stopping;
    const stopped = (): boolean => signal.aborted;
    while (!stopped()) {
      const worker = open();
      worker.on('error', (error) => {
        errors.handle(error);
      });
      this.workers.add(worker);
      try {
        await worker.waitUntilReady();
        await worker.run();
      } catch (error) {
        if (!stopped()) errors.handle(error as Error);
      }
      if (stopped()) return;
      this.workers.delete(worker);
      worker.close(true).catch(() => undefined);
      await pause(RETRY_MS, undefined, { ref: false, signal }).catch(() => undefined);
    }
  }
}
