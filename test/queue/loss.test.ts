import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { describeOnBothQueues } from '../support/both-queues.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { eventually } from '../support/eventually.js';
import { redisMissing } from '../support/redis.js';
import { unless } from '../support/requirements.js';

/** How long Redis is down. */
const downSeconds = Number(process.env['BULKHEAD_TEST_REDIS_AWAY_SECONDS'] ?? 20);

async function post(bulkhead: Bulkhead, count: number): Promise<number[]> {
  const slugs = Array.from({ length: count }, () => newSlug('loss'));
  const answers = await Promise.all(
    slugs.map((slug) => bulkhead.api.send('POST', '/v1/tenants', { slug, plan: 'free' })),
  );
  return answers.map(({ status }) => status);
}

async function unfinished(bulkhead: Bulkhead): Promise<number> {
  const [row] = await bulkhead.database.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM tenants WHERE phase <> 'active' OR observed_generation <> generation",
  );
  return row?.count ?? 0;
}

async function allActive(bulkhead: Bulkhead): Promise<void> {
  await eventually('all tenants are active', async () => (await unfinished(bulkhead)) === 0, 90_000);
  const states = await bulkhead.database.query('SELECT DISTINCT state FROM operations');
  expect(states).toEqual([{ state: 'succeeded' }]);
}

describeOnBothQueues('losing a queue with all its jobs', (queue) => {
  let bulkhead: Bulkhead;

  beforeAll(async () => {
    bulkhead = await Bulkhead.start({ queue });
  });
  afterAll(() => bulkhead.stop());

  const lose = async (): Promise<void> => {
    if (bulkhead.redis !== null) return bulkhead.redis.flush();
    // Users of the queue take locks in another order; Postgres then aborts one of the two, possibly this one.
    await vi.waitFor(() => bulkhead.database.query('DROP SCHEMA IF EXISTS bullmq CASCADE'), { timeout: 15_000 });
  };

  test('under load costs time, but never loses a change', async () => {
    const workers = [await bulkhead.startWorker(), await bulkhead.startWorker({ BULKHEAD_WORKER_CONCURRENCY: '4' })];
    for (let round = 0; round < 3; round += 1) {
      const accepted = post(bulkhead, 25);
      await eventually('some are in progress', async () => (await unfinished(bulkhead)) > 5);
      await lose();
      expect(new Set(await accepted)).toEqual(new Set([202]));
    }
    await allActive(bulkhead);
    // The workers have recovered: a new change does not have to wait for a sweep.
    const { operation } = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug('loss'), plan: 'free' });
    expect(operation.state).toBe('succeeded');
    for (const worker of workers) expect(worker.output().split('\n').length).toBeLessThan(500);
  }, 180_000);

  test('while idle leaves workers that still receive the next wake-up', async () => {
    await lose();
    await pause(1_000);
    await post(bulkhead, 3);
    await allActive(bulkhead);
  }, 120_000);
});

describe('a Redis outage', unless(redisMissing), () => {
  let bulkhead: Bulkhead;

  beforeAll(async () => {
    bulkhead = await Bulkhead.start({ queue: 'redis' });
  });
  afterAll(() => bulkhead.stop());

  test(
    'blocks no one: the API accepts changes and answers previews, workers find both in the database, and work continues',
    async () => {
      const worker = await bulkhead.startWorker();
      expect(new Set(await post(bulkhead, 20))).toEqual(new Set([202]));
      await bulkhead.redis?.stop();
      const backAt = Date.now() + downSeconds * 1000;
      const preview = await bulkhead.api.send('POST', '/v1/quarantine/preview', { selector: { images: ['none/'] } });
      expect(preview, JSON.stringify(preview.body)).toMatchObject({ status: 200, body: { tenants: [] } });
      while (Date.now() < backAt) {
        expect(new Set(await post(bulkhead, 2))).toEqual(new Set([202]));
        await pause(500);
      }
      await allActive(bulkhead);
      const late = await bulkhead.startWorker();
      await worker.stop();
      await post(bulkhead, 3);
      await allActive(bulkhead);

      await bulkhead.redis?.start();
      expect(new Set(await post(bulkhead, 10))).toEqual(new Set([202]));
      await allActive(bulkhead);
      expect(late.output().split('\n').length).toBeLessThan(500);
    },
    240_000 + downSeconds * 2_000,
  );
});
