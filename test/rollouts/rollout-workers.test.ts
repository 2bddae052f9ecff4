import pg from 'pg';
import { describe, expect, test } from 'vitest';

import { type TenantBody } from '../support/api-client.js';
import { Bulkhead } from '../support/bulkhead.js';
import { eventually } from '../support/eventually.js';
import { mostInFlight, operationsOf, planWith, reaches, type RolloutBody, tenantsOf } from '../support/rollouts.js';

describe('workers', () => {
  /** Product of its own: these tests count what its workers do. */
  async function withOwn(work: (own: Bulkhead) => Promise<void>): Promise<void> {
    const own = await Bulkhead.start();
    try {
      await work(own);
    } finally {
      await own.stop();
    }
  }

  /** Every tenant was changed once and has settled. */
  async function expectMovedOnce(own: Bulkhead, tenants: TenantBody[]): Promise<void> {
    for (const { id } of tenants) {
      const operations = await operationsOf(own.api, id);
      expect(operations.map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
      const tenant = await own.api.get<TenantBody>(`/v1/tenants/${id}`);
      expect(tenant).toMatchObject({ phase: 'active', generation: 2, observedGeneration: 2, plan: { version: 2 } });
    }
  }

  test('that are killed in the middle of a rollout leave it to a new one', async () => {
    await withOwn(async (own) => {
      const first = await own.startWorker({ BULKHEAD_WORKER_CONCURRENCY: '2' });
      const { plan, tenants } = await planWith(own.api, 12, ['main', 'staging', 'preview']);
      const { id } = await plan.rollOut({ maxConcurrent: 4 });
      await eventually('some have moved and some are in flight', async () => {
        const { tenants: count } = await own.api.get<RolloutBody>(`/v1/rollouts/${id}`);
        return count.succeeded >= 2 && count.updating >= 2;
      });
      await first.stop('SIGKILL');
      const left = await own.api.get<RolloutBody>(`/v1/rollouts/${id}`);
      expect(left.tenants.pending + left.tenants.updating).toBeGreaterThan(0);
      await own.startWorker();
      await reaches(own.api, id, 'succeeded');
      await expectMovedOnce(own, tenants);
      expect(await mostInFlight(own.api, id)).toBeLessThanOrEqual(4);
    });
  }, 120_000);

  test('drive a rollout together as if there were one', async () => {
    await withOwn(async (own) => {
      await Promise.all([own.startWorker(), own.startWorker(), own.startWorker()]);
      const { plan, tenants } = await planWith(own.api, 15);
      const { id } = await plan.rollOut({ maxConcurrent: 5, batchSize: 6 });
      expect(await reaches(own.api, id, 'succeeded')).toMatchObject({ tenants: { succeeded: 15 } });
      await expectMovedOnce(own, tenants);
      expect(await mostInFlight(own.api, id)).toBeLessThanOrEqual(5);
    });
  }, 120_000);

  test('pause and stop with a rollout, and who is in flight goes on to its end', async () => {
    await withOwn(async (own) => {
      const first = await own.startWorker({ BULKHEAD_WORKER_CONCURRENCY: '1' });
      const { plan } = await planWith(own.api, 8, ['main', 'staging']);
      const { id } = await plan.rollOut({ canary: { tenants: 0 }, maxConcurrent: 2 });
      const inFlight = (): Promise<true> =>
        eventually('some are in flight', async () => {
          const { tenants } = await own.api.get<RolloutBody>(`/v1/rollouts/${id}`);
          return tenants.updating > 0 || undefined;
        });
      await inFlight();
      expect((await own.api.send('POST', `/v1/rollouts/${id}/pause`)).status).toBe(202);
      const paused = await eventually('nobody is in flight', async () => {
        const rollout = await own.api.get<RolloutBody>(`/v1/rollouts/${id}`);
        return rollout.tenants.updating === 0 && rollout;
      });
      expect(paused).toMatchObject({ state: 'paused', reason: { code: 'Requested' } });
      expect(paused.tenants.pending).toBeGreaterThan(0);
      expect((await own.api.send('POST', `/v1/rollouts/${id}/resume`)).status).toBe(202);
      await inFlight();
      const answer = await own.api.send('POST', `/v1/rollouts/${id}/stop`);
      expect(answer).toMatchObject({ status: 202, body: { state: 'stopped' } });
      const ended = await eventually('nobody is in flight', async () => {
        const rollout = await own.api.get<RolloutBody>(`/v1/rollouts/${id}`);
        return rollout.tenants.updating === 0 && rollout;
      });
      expect(ended).toMatchObject({ state: 'stopped', tenants: { pending: 0, failed: 0 } });
      expect(ended.tenants.skipped).toBeGreaterThan(0);
      expect(ended.tenants.succeeded).toBeGreaterThan(0);
      const moved = (await tenantsOf(own.api, id)).filter(({ state }) => state === 'succeeded');
      await first.stop();

      await own.api.send('POST', `/v1/rollouts/${id}/rollback`);
      await own.startWorker();
      const back = await reaches(own.api, id, 'rolled_back');
      expect(back).toMatchObject({ tenants: { rolledBack: moved.length, total: 8, updating: 0 } });
    });
  }, 120_000);

  test('skip a tenant that is frozen while a step waits for its row', async () => {
    await withOwn(async (own) => {
      await own.startWorker();
      const { plan, tenants } = await planWith(own.api, 1);
      const [tenant] = tenants as [TenantBody];
      const client = new pg.Client(own.database.url);
      await client.connect();
      try {
        await client.query('BEGIN');
        const [row] = (
          await client.query<{ id: string }>('SELECT id FROM tenants WHERE slug = $1 FOR NO KEY UPDATE', [tenant.slug])
        ).rows;
        const { id } = await plan.rollOut({});
        await eventually('the step waits for the tenant', async () => {
          const waiting = await own.database.query(
            `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
               AND application_name = 'bulkhead-worker'`,
          );
          return waiting.length > 0;
        });
        await client.query(
          `INSERT INTO holds (id, tenant_id, source, effect, reason, created_by)
           VALUES (gen_random_uuid(), $1, 'security', 'freeze', 'evidence', 'key_test')`,
          [row?.id],
        );
        await client.query('COMMIT');
        expect(await reaches(own.api, id, 'succeeded')).toMatchObject({ tenants: { succeeded: 0, skipped: 1 } });
        expect(await own.api.get(`/v1/tenants/${tenant.id}`)).toMatchObject({ generation: 1, plan: { version: 1 } });
      } finally {
        await client.end();
      }
    });
  });
});
