import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';

import { DirectWork } from './direct-work.js';
import { type QueueDriver } from './driver.js';
import { deduplicationIdOf, type JobName, type JobPayload, restOf } from './job-catalog.js';
import { Producer } from './producer.js';
import { Spaced } from './spaced.js';

/** How a finished job is kept: not at all when it succeeded, some days for a look when it failed. */
const retention = { removeOnComplete: true, removeOnFail: { age: 7 * 86_400, count: 5_000 } };

/** Puts jobs of the catalog on their queues. */
@Injectable()
export class JobQueue implements OnApplicationShutdown {
  private readonly logger = new Logger(JobQueue.name);
  private readonly producers = new Map<JobName, Producer>();
  private readonly spaced = new Map<JobName, Spaced>();
  private isClosed = false;

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
    const restMs = restOf(name);
    if (restMs === undefined) return this.put(name, payload, options);
    const spaced = this.spaced.get(name) ?? new Spaced(() => this.put(name, payload, options), restMs);
    this.spaced.set(name, spaced);
    return spaced.ask();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    await Promise.allSettled([...this.producers.values()].map((producer) => producer.close()));
  }

  private async put<Name extends JobName>(
    name: Name,
    payload: JobPayload<Name>,
    options: { isIdle: boolean },
  ): Promise<void> {
    // One that rested until the process stopped: others find what it would have told.
    if (this.isClosed) return;
    const id = deduplicationIdOf(name, payload);
    const settings = { attempts: 1, deduplication: { id, keepLastIfActive: true }, ...retention };
    try {
      // The sweeper and the tenant's row decide about retries, so the queue makes one attempt.
      await this.producer(name).add(name, payload, settings, options.isIdle ? id : null);
    } catch (error) {
      if (!this.direct.offer(name, payload)) throw error;
    }
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
