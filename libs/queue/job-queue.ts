import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';

import { DirectWork } from './direct-work.js';
import { type QueueDriver } from './driver.js';
import { deduplicationIdOf, type JobName, type JobPayload } from './job-catalog.js';
import { Producer } from './producer.js';

/** Successful jobs are removed; failed ones are kept for some days for inspection. */
const retention = { removeOnComplete: true, removeOnFail: { age: 7 * 86_400, count: 5_000 } };

/** Adds jobs of the catalog to their queues. */
@Injectable()
export class JobQueue implements OnApplicationShutdown {
  private readonly logger = new Logger(JobQueue.name);
  private readonly producers = new Map<JobName, Producer>();
  private isClosed = false;

  /** @param direct runs jobs in this process while their queue is unavailable. */
  constructor(
    private readonly driver: QueueDriver,
    private readonly direct = new DirectWork(),
  ) {}

  /**
   * Adds a job; returns quickly whatever the state of the queue. While the queue is unavailable, a process that
   * consumes such jobs runs them itself; in other processes this rejects, and the sweeper makes up for it.
   * @param options.isIdle true if no worker is processing such a job, even if the queue has one marked active.
   */
  async add<Name extends JobName>(name: Name, payload: JobPayload<Name>, options = { isIdle: false }): Promise<void> {
    // Something was still to be done at shutdown; other processes find the work.
    if (this.isClosed) return;
    const id = deduplicationIdOf(name, payload);
    const settings = { attempts: 1, deduplication: { id, keepLastIfActive: true }, ...retention };
    try {
      // The sweeper and the tenant's row control retries, so the queue makes one attempt.
      await this.producer(name).add(name, payload, settings, options.isIdle ? id : null);
    } catch (error) {
      if (!this.direct.offer(name, payload)) throw error;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    await Promise.allSettled([...this.producers.values()].map((producer) => producer.close()));
  }

  private producer(name: JobName): Producer {
    const known = this.producers.get(name);
    if (known !== undefined) return known;
    const producer = new Producer(
      () => this.driver.queue(name),
      (error) => {
        this.logger.warn({ err: error, queue: name }, 'failed to reach the queue');
      },
    );
    this.producers.set(name, producer);
    return producer;
  }
}
