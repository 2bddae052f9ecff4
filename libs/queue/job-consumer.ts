import { setTimeout as pause } from 'node:timers/promises';

import { newCounter } from '#telemetry';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';

import { DirectWork } from './direct-work.js';
import { type QueueDriver, type WorkerHandle, type WorkerSettings } from './driver.js';
import { jobCatalog, type JobName, type JobPayload } from './job-catalog.js';
import { QueueTrouble } from './queue-trouble.js';

/** How long a starting process waits for its queue. After that it starts without and connects later. */
const CONNECT_MS = 5_000;
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
   * Starts consuming a queue; resolves once connected, or after a timeout. If the handler rejects, the job fails, which
   * is logged and has no other effect.
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
        // Logged here because the queue emits no event for a job that was taken from this worker.
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

  /** Takes no new job and waits for the running ones while the database is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled([...[...this.workers].map((worker) => worker.close()), this.direct.stop()]);
  }

  /**
   * Consumes until the process stops. A BullMQ worker whose first connection is refused (the server is full or
   * starting) never reconnects, so it is replaced.
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
