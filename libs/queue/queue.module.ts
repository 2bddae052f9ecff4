import { type QueueConfig } from '#config';
import { type DynamicModule, Module } from '@nestjs/common';

import { DirectWork } from './direct-work.js';
import { queueDriver } from './driver.js';
import { JobConsumer } from './job-consumer.js';
import { JobQueue } from './job-queue.js';

/** Provides the queue of a process on the configured backend. */
@Module({})
export class QueueModule {
  static forRoot(config: QueueConfig): DynamicModule {
    const driver = queueDriver(config);
    const direct = new DirectWork();
    return {
      module: QueueModule,
      providers: [
        { provide: JobQueue, useFactory: () => new JobQueue(driver, direct) },
        { provide: JobConsumer, useFactory: () => new JobConsumer(driver, direct) },
      ],
      exports: [JobQueue, JobConsumer],
    };
  }
}
