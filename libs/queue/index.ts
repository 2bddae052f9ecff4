export { queueDriver } from './driver.js';
export { type JobHandlers } from './job-catalog.js';
export { JobConsumer } from './job-consumer.js';
export { JobQueue } from './job-queue.js';
export { QueueModule } from './queue.module.js';
