import { JobConsumer, JobQueue, queueDriver } from '#queue';
import { expect, test } from 'vitest';

import { createDatabase, type Database } from '../support/database.js';
import { eventually } from '../support/eventually.js';

/** A process that takes jobs from Postgres, one that puts them there, and what the first was told. */
async function withQueue(use: (queue: JobQueue, consumer: JobConsumer, database: Database) => Promise<void>) {
  const database = await createDatabase(null);
  const driver = queueDriver({ driver: 'postgres', databaseUrl: database.url });
  const queue = new JobQueue(driver);
  const consumer = new JobConsumer(driver);
  try {
    await use(queue, consumer, database);
  } finally {
    await consumer.beforeApplicationShutdown();
    await queue.onApplicationShutdown();
    await database.drop();
  }
}

test('a Postgres that lets nobody in while a process starts is worked for as soon as it does', async () => {
  await withQueue(async (queue, consumer, database) => {
    const admin = await createDatabase(null);
    const name = new URL(database.url).pathname.slice(1);
    try {
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      const heard: string[] = [];
      await consumer.consume('reconcile-tenant', { concurrency: 1, lockMs: 5_000 }, ({ tenantId }) => {
        heard.push(tenantId);
        return Promise.resolve();
      });
      await expect(queue.add('reconcile-tenant', { tenantId: 'refused' })).rejects.toThrow(/not currently accepting/);
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      await eventually('a job is taken', async () => {
        await queue.add('reconcile-tenant', { tenantId: 'a' }).catch(() => undefined);
        return heard.includes('a');
      });
    } finally {
      await admin.drop();
    }
  });
});

test('two connections a queue that jobs are put on, and three a queue that they are taken from, are the most', async () => {
  await withQueue(async (queue, consumer, database) => {
    const keys = Array.from({ length: 120 }, (_, index) => `key-${index}`);
    const done: string[] = [];
    const settings = { concurrency: 16, lockMs: 5_000 };
    const note = (id: string): Promise<void> => {
      done.push(id);
      return Promise.resolve();
    };
    await consumer.consume('reconcile-tenant', settings, ({ tenantId }) => note(tenantId));
    await consumer.consume('preview', settings, ({ previewId }) => note(previewId));
    let most = 0;
    const look = async (): Promise<void> => {
      const [row] = await database.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM pg_stat_activity
         WHERE datname = current_database() AND application_name IN ('bulkhead-queue', 'reconcile-tenant', 'preview')`,
      );
      most = Math.max(most, row?.count ?? 0);
    };
    const putAll = Promise.all(
      keys.flatMap((key) => [
        queue.add('reconcile-tenant', { tenantId: key }),
        queue.add('preview', { previewId: key }),
      ]),
    );
    await eventually('all are done', async () => {
      await look();
      return done.length === 2 * keys.length;
    });
    await putAll;
    // Fewer would mean that nothing was under way when this looked.
    expect(most).toBeGreaterThan(4);
    expect(most).toBeLessThanOrEqual(2 * (2 + 3));
  });
});
