import { JobConsumer, JobQueue, queueDriver } from '#queue';
import { expect, test } from 'vitest';

import { createDatabase, type Database } from '../support/database.js';
import { eventually } from '../support/eventually.js';

/** Runs a test with a queue in Postgres and a consumer of it. */
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

test('a consumer starts to work as soon as a Postgres that refused connections accepts them', async () => {
  await withQueue(async (queue, consumer, database) => {
    const admin = await createDatabase(null);
    const name = new URL(database.url).pathname.slice(1);
    try {
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      const received: string[] = [];
      consumer.consume('reconcile-tenant', { concurrency: 1, lockMs: 5_000 }, ({ tenantId }) => {
        received.push(tenantId);
        return Promise.resolve();
      });
      await expect(queue.add('reconcile-tenant', { tenantId: 'refused' })).rejects.toThrow(/not currently accepting/);
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      await eventually('a job is taken', async () => {
        await queue.add('reconcile-tenant', { tenantId: 'a' }).catch(() => undefined);
        return received.includes('a');
      });
    } finally {
      await admin.drop();
    }
  });
});

test('a queue uses at maximum two connections to add jobs, and three to process them', async () => {
  await withQueue(async (queue, consumer, database) => {
    const keys = Array.from({ length: 120 }, (_, index) => `key-${index}`);
    const done: string[] = [];
    const settings = { concurrency: 16, lockMs: 5_000 };
    const record = (id: string): Promise<void> => {
      done.push(id);
      return Promise.resolve();
    };
    consumer.consume('reconcile-tenant', settings, ({ tenantId }) => record(tenantId));
    consumer.consume('preview', settings, ({ previewId }) => record(previewId));
    let maximum = 0;
    const measure = async (): Promise<void> => {
      const [row] = await database.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM pg_stat_activity
         WHERE datname = current_database() AND application_name IN ('bulkhead-queue', 'reconcile-tenant', 'preview')`,
      );
      maximum = Math.max(maximum, row?.count ?? 0);
    };
    const putAll = Promise.all(
      keys.flatMap((key) => [
        queue.add('reconcile-tenant', { tenantId: key }),
        queue.add('preview', { previewId: key }),
      ]),
    );
    await eventually('all are done', async () => {
      await measure();
      return done.length === 2 * keys.length;
    });
    await putAll;
    // Fewer would mean that nothing was running when this was measured.
    expect(maximum).toBeGreaterThan(4);
    expect(maximum).toBeLessThanOrEqual(2 * (2 + 3));
  });
});
