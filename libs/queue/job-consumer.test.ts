import { MissingRunner } from '#background';
import { expect, test } from 'vitest';

import { type QueueDriver, type WorkerSettings } from './driver.js';
import { type JobHandlers, jobNames } from './job-catalog.js';
import { JobConsumer } from './job-consumer.js';

const nothing = (): Promise<void> => Promise.resolve();
const handlers = Object.fromEntries(jobNames.map((name) => [name, nothing])) as unknown as JobHandlers;

/** A driver whose workers are never connected, and the workers that were opened. */
function recorder(): { driver: QueueDriver; opened: [string, WorkerSettings][] } {
  const opened: [string, WorkerSettings][] = [];
  const over = Promise.withResolvers<undefined>();
  const driver: QueueDriver = {
    queue: () => {
      throw new Error('nothing is queued');
    },
    worker: (name, _, settings) => {
      opened.push([name, settings]);
      return { waitUntilReady: () => over.promise, run: () => over.promise, close: nothing, on: () => undefined };
    },
    repair: nothing,
  };
  return { driver, opened };
}

test('takes the jobs of the catalog, as many as it says, and waits for no queue to start with the next', async () => {
  const { driver, opened } = recorder();
  const consumer = new JobConsumer(driver);
  consumer.consumeAll(handlers, { concurrency: 9, leaseMs: 60_000 });
  expect(opened).toEqual([
    ['reconcile-tenant-urgently', { concurrency: 4, lockMs: 60_000 }],
    ['reconcile-changed', { concurrency: 1, lockMs: 60_000 }],
    ['reconcile-tenant', { concurrency: 9, lockMs: 60_000 }],
    ['preview', { concurrency: 2, lockMs: 30_000 }],
    ['ensure-policies', { concurrency: 1, lockMs: 120_000 }],
    ['prove', { concurrency: 1, lockMs: 300_000 }],
  ]);
  await consumer.beforeApplicationShutdown();
});

test('takes none without a handler for each', () => {
  const { driver, opened } = recorder();
  const others = Object.fromEntries(Object.entries(handlers).filter(([name]) => !/^pr/.test(name)));
  const consumer = new JobConsumer(driver);
  const start = (): void => {
    consumer.consumeAll(others as unknown as JobHandlers, { concurrency: 9, leaseMs: 60_000 });
  };
  expect(start).toThrow(MissingRunner);
  expect(start).toThrow('nothing handles the job "preview", "prove"');
  expect(opened).toEqual([]);
});
