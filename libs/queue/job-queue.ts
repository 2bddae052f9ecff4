import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';

import { type QueueDriver, type QueueHandle } from './driver.js';
import { jobCatalog, type JobDefinition, type JobName, type JobPayload } from './job-catalog.js';

/** How a finished job is kept: not at all when it succeeded, some days for a look when it failed. */
const retention = { removeOnComplete: true, removeOnFail: { age: 7 * 86_400, count: 5_000 } };

/** Puts jobs of the catalog on their queues. */
@Injectable()
export class JobQueue implements OnApplicationShutdown {
  private readonly logger = new Logger(JobQueue.name);
  private readonly queues = new Map<JobName, QueueHandle>();

  constructor(private readonly driver: QueueDriver) {}

  /** Rejects when the queue cannot be reached; the sweeper makes up for it. */
  async add<Name extends JobName>(name: Name, payload: JobPayload<Name>): Promise<void> {
    const definition = jobCatalog[name] as unknown as JobDefinition<JobPayload<Name>>;
    const deduplication = { id: definition.deduplicationId(payload), keepLastIfActive: true };
    // The sweeper and the tenant's row decide about retries, so the queue makes one attempt.
    await this.queue(name).add(name, payload, { attempts: 1, deduplication, ...retention });
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled([...this.queues.values()].map((queue) => queue.close()));
  }

  private queue(name: JobName): QueueHandle {
    const known = this.queues.get(name);
    if (known !== undefined) return known;
    const queue = this.driver.queue(name);
    queue.on('error', (error) => {
      this.logger.warn({ err: error, queue: name }, 'the queue reports an error');
    });
    this.queues.set(name, queue);
    return queue;
  }
}
