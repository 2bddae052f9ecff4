import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';

import { type QueueDriver, type WorkerHandle, type WorkerSettings } from './driver.js';
import { jobCatalog, type JobName, type JobPayload } from './job-catalog.js';

/** Takes jobs of the catalog from their queues. */
@Injectable()
export class JobConsumer implements BeforeApplicationShutdown {
  private readonly logger = new Logger(JobConsumer.name);
  private readonly workers: WorkerHandle[] = [];

  constructor(private readonly driver: QueueDriver) {}

  /**
   * Starts working on a queue; resolves when connected. A handler that rejects ends its job as failed,
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
        throw error;
      }
    };
    const worker = this.driver.worker(name, process, settings);
    worker.on('error', (error) => {
      this.logger.warn({ err: error, queue: name }, 'the queue reports an error');
    });
    this.workers.push(worker);
    await worker.waitUntilReady();
    worker.run().catch((error: unknown) => {
      this.logger.error({ err: error, queue: name }, 'the consumer of a queue stopped');
    });
  }

  /** Takes no new job and waits for those in hand, while the database is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.allSettled(this.workers.map((worker) => worker.close()));
  }
}
