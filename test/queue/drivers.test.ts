import { type QueueConfig } from '#config';
import { JobConsumer, JobQueue, queueDriver } from '#queue';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { describeOnBothQueues, type QueueBackend } from '../support/both-queues.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startRedis } from '../support/redis.js';

async function startBackend(backend: QueueBackend): Promise<{ config: QueueConfig; stop: () => Promise<void> }> {
  if (backend === 'redis') {
    const redis = await startRedis();
    return { config: { driver: 'redis', redisUrl: redis.url }, stop: () => redis.stop() };
  }
  const database = await createDatabase(null);
  return { config: { driver: 'postgres', databaseUrl: database.url }, stop: () => database.drop() };
}

describeOnBothQueues('the queue', (name) => {
  let backend: Awaited<ReturnType<typeof startBackend>>;
  let queue: JobQueue;
  let consumer: JobConsumer;

  beforeAll(async () => {
    backend = await startBackend(name);
    queue = new JobQueue(queueDriver(backend.config));
    consumer = new JobConsumer(queueDriver(backend.config));
  });
  afterAll(async () => {
    await consumer.beforeApplicationShutdown();
    await queue.onApplicationShutdown();
    await backend.stop();
  });

  test('lets urgent work overtake a backlog, and a waiting job with the same key', async () => {
    const [ordinary, urgent]: [string[], string[]] = [[], []];
    const backlog = Array.from({ length: 150 }, (_, other) => `backlog-${other}`);
    const gate = Promise.withResolvers<undefined>();
    const busy = new JobConsumer(queueDriver(backend.config));
    for (const tenantId of [...backlog, 'c']) await queue.add('reconcile-tenant', { tenantId });
    busy.consume('reconcile-tenant', { concurrency: 1, lockMs: 5_000 }, async ({ tenantId }) => {
      await gate.promise;
      ordinary.push(tenantId);
    });
    busy.consume('reconcile-tenant-urgently', { concurrency: 1, lockMs: 5_000 }, ({ tenantId }) => {
      urgent.push(tenantId);
      return Promise.resolve();
    });
    await queue.add('reconcile-tenant-urgently', { tenantId: 'c' });
    await eventually('the urgent work is done', () => Promise.resolve(urgent.length === 1));
    expect(ordinary).toEqual([]);
    gate.resolve(undefined);
    await eventually('the backlog is processed', () => Promise.resolve(ordinary.length === 151));
    await busy.beforeApplicationShutdown();
  });

  test('merges wake-ups into one job, those during its run into one more, and loses none', async () => {
    const passes: string[] = [];
    let running = 0;
    const gate = Promise.withResolvers<undefined>();
    for (let wakeUp = 0; wakeUp < 5; wakeUp += 1) await queue.add('reconcile-tenant', { tenantId: 'a' });
    await queue.add('reconcile-tenant', { tenantId: 'b' });
    consumer.consume('reconcile-tenant', { concurrency: 4, lockMs: 5_000 }, async ({ tenantId }) => {
      running += 1;
      if (passes.length < 2) await gate.promise;
      passes.push(tenantId);
    });
    await eventually('both tenants are being processed', () => Promise.resolve(running === 2));
    for (let wakeUp = 0; wakeUp < 5; wakeUp += 1) await queue.add('reconcile-tenant', { tenantId: 'a' });
    gate.resolve(undefined);
    await eventually('the wake-ups during the passes caused one more pass', () => Promise.resolve(passes.length === 3));
    expect(passes.toSorted()).toEqual(['a', 'a', 'b']);
    // Finished jobs leave nothing behind that would swallow a later wake-up.
    await queue.add('reconcile-tenant', { tenantId: 'a' });
    await eventually('a later wake-up is processed', () => Promise.resolve(passes.length === 4));
  });
});
