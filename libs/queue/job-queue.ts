import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';

import { DirectWork } from './direct-work.js';
import { type QueueDriver } from './driver.js';
import { deduplicationIdOf, type JobName, type JobPayload } from './job-catalog.js';
import { Producer } from './producer.js';

/** How a finished job is kept: not at all when it succeeded, some days for a look when it failed. */
const retention = { removeOnComplete: true, removeOnFail: { age: 7 * 86_400, count: 5_000 } };

/** Puts jobs of the catalog on their queues. */
@Injectable()
export class JobQueue implements OnApplicationShutdown {
  private readonly logger = new Logger(JobQueue.name);
  private readonly producers = new Map<JobName, Producer>();

  /** @param direct does jobs in this process while their queue is away. */
  constructor(
    private readonly driver: QueueDriver,
    private readonly direct = new DirectWork(),
  ) {}

  /**
   * Answers soon, whatever the queue does. While it is away, a process that takes such jobs does them itself; in any
   * other this rejects, and the sweeper makes up for it.
   * @param options.isIdle says that nobody is at such a job, whatever the queue believes of a worker that died.
   */
  async add<Name extends JobName>(name: Name, payload: JobPayload<Name>, options = { isIdle: false }): Promise<void> {
    const id = deduplicationIdOf(name, payload);
    const settings = { attempts: 1, deduplication: { id, keepLastIfActive: true }, ...retention };
    try {
      // The sweeper and the tenant's row decide about retries, so the queue makes one attempt.
      await this.producer(name).add(name, payload, settings, options.isIdle ? id : null);
    } catch (error) {
      if (!this.direct.offer(name, payload)) throw error;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled([...this.producers.values()].map((producer) => producer.close()));
  }

  private producer(name: JobName): Producer {
    const known = this.producers.get(name);
    if (known !== undefined) return known;
    const producer = new Producer(
      () => this.driver.queue(name),
      (error) => {
        this.logger.warn({ err: error, queue: name }, 'the queue cannot be reached');
      },
    );
    this.producers.set(name, producer);
    return producer;
  }
}
