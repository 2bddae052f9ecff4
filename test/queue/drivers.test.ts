import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

import { type QueueConfig } from '#config';
import { JobConsumer, JobQueue, queueDriver } from '#queue';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/program.js';

interface Backend {
  name: string;
  /** Why it cannot be tested here; null when it can. */
  missing: string | null;
  start: () => Promise<{ config: QueueConfig; stop: () => Promise<unknown> }>;
}

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

const backends: Backend[] = [
  {
    name: 'postgres',
    missing: null,
    start: async () => {
      const database = await createDatabase(null);
      return { config: { driver: 'postgres', databaseUrl: database.url }, stop: () => database.drop() };
    },
  },
  {
    name: 'redis',
    missing: hasRedis ? null : 'there is no redis-server on this machine',
    start: async () => {
      const port = await freePort();
      const server = spawn('redis-server', [
        '--port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--maxmemory-policy',
        'noeviction',
      ]);
      await once(server.stdout, 'data');
      const stop = async (): Promise<void> => {
        server.kill();
        await once(server, 'exit');
      };
      return { config: { driver: 'redis', redisUrl: `redis://127.0.0.1:${port}` }, stop };
    },
  },
];

describe.for(backends)('the queue on $name', ({ name, missing, start }) => {
  if (missing !== null) console.warn(`skipped: the queue on ${name}: ${missing}`);
  let backend: Awaited<ReturnType<Backend['start']>> | undefined;
  let queue: JobQueue;
  let consumer: JobConsumer;

  beforeAll(async () => {
    if (missing !== null) return;
    backend = await start();
    queue = new JobQueue(queueDriver(backend.config));
    consumer = new JobConsumer(queueDriver(backend.config));
  });
  afterAll(async () => {
    if (backend === undefined) return;
    await consumer.beforeApplicationShutdown();
    await queue.onApplicationShutdown();
    await backend.stop();
  });

  test.skipIf(missing !== null)('lets urgent work pass a backlog, and the same key that waits in it', async () => {
    const [ordinary, urgent]: [string[], string[]] = [[], []];
    const backlog = Array.from({ length: 150 }, (_, other) => `backlog-${other}`);
    const gate = Promise.withResolvers<undefined>();
    const busy = new JobConsumer(queueDriver((backend as NonNullable<typeof backend>).config));
    for (const tenantId of [...backlog, 'c']) await queue.add('reconcile-tenant', { tenantId });
    await busy.consume('reconcile-tenant', { concurrency: 1, lockMs: 5_000 }, async ({ tenantId }) => {
      await gate.promise;
      ordinary.push(tenantId);
    });
    await busy.consume('reconcile-tenant-urgently', { concurrency: 1, lockMs: 5_000 }, ({ tenantId }) => {
      urgent.push(tenantId);
      return Promise.resolve();
    });
    await queue.add('reconcile-tenant-urgently', { tenantId: 'c' });
    await eventually('the urgent work is done', () => Promise.resolve(urgent.length === 1));
    expect(ordinary).toEqual([]);
    gate.resolve(undefined);
    await eventually('the backlog is worked off', () => Promise.resolve(ordinary.length === 151));
    await busy.beforeApplicationShutdown();
  });

  test.skipIf(missing !== null)(
    'makes one job of many wake-ups, one more of those that come while it runs, and forgets none',
    async () => {
      const passes: string[] = [];
      let running = 0;
      const gate = Promise.withResolvers<undefined>();
      for (let wakeUp = 0; wakeUp < 5; wakeUp += 1) await queue.add('reconcile-tenant', { tenantId: 'a' });
      await queue.add('reconcile-tenant', { tenantId: 'b' });
      await consumer.consume('reconcile-tenant', { concurrency: 4, lockMs: 5_000 }, async ({ tenantId }) => {
        running += 1;
        if (passes.length < 2) await gate.promise;
        passes.push(tenantId);
      });
      await eventually('both tenants are in hand', () => Promise.resolve(running === 2));
      for (let wakeUp = 0; wakeUp < 5; wakeUp += 1) await queue.add('reconcile-tenant', { tenantId: 'a' });
      gate.resolve(undefined);
      await eventually('the wake-ups that came meanwhile led to one more pass', () =>
        Promise.resolve(passes.length === 3),
      );
      expect(passes.toSorted()).toEqual(['a', 'a', 'b']);
      // Finished jobs leave nothing behind that would swallow a later wake-up.
      await queue.add('reconcile-tenant', { tenantId: 'a' });
      await eventually('a later wake-up is heard', () => Promise.resolve(passes.length === 4));
    },
  );
});
