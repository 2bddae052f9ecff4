import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type TenantBody } from '../support/api-client.js';
import { Bulkhead } from '../support/bulkhead.js';
import { type RolloutBody, RolloutPlan, tenantsOf } from '../support/rollouts.js';

let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
});
afterAll(() => bulkhead.stop());

/** A plan with two versions and tenants on the first. No worker is running to move them. */
async function planWith(tenants: number): Promise<{ plan: RolloutPlan; tenants: TenantBody[] }> {
  const plan = await RolloutPlan.create(bulkhead.api);
  await plan.addVersion(21);
  return { plan, tenants: await plan.addTenants(tenants) };
}
const post = (path: string, body?: object): ReturnType<typeof bulkhead.api.send> =>
  bulkhead.api.send('POST', path, body);
const change = async (id: string, verb: string, body?: object): Promise<{ status: number; state: unknown }> => {
  const answer = await post(`/v1/rollouts/${id}/${verb}`, body);
  return { status: answer.status, state: answer.body['state'] ?? answer.body['code'] };
};

describe('creating a rollout', () => {
  test('returns the rollout with defaults, and its tenants, named ones first, then newest first', async () => {
    const { plan, tenants } = await planWith(4);
    const named = tenants[1]?.id ?? '';
    const answer = await post(`/v1/plans/${plan.id}/rollouts`, { canary: { tenants: 2, tenantIds: [named] } });
    expect(answer).toMatchObject({
      status: 202,
      body: {
        planId: plan.id,
        toVersion: 2,
        from: null,
        state: 'pending',
        direction: 'forward',
        reason: null,
        batchSize: null,
        maxConcurrent: 10,
        maxFailures: 0,
        pauseAfterCanary: false,
        finishedAt: null,
        tenants: { total: 4, pending: 4, updating: 0, succeeded: 0, failed: 0, skipped: 0, rolledBack: 0 },
      },
    });
    const id = answer.body['id'] as string;
    expect(answer.headers.get('location')).toBe(`/v1/rollouts/${id}`);
    const order = (await tenantsOf(bulkhead.api, id)).map(({ tenantId, canary }) => [tenantId, canary]);
    const [first, , third, fourth] = tenants.map((tenant) => tenant.id);
    expect(order).toEqual([
      [named, true],
      [fourth, true],
      [third, false],
      [first, false],
    ]);
    expect(await bulkhead.api.get(`/v1/plans/${plan.id}/rollouts`)).toMatchObject({
      items: [{ id }],
      nextCursor: null,
    });
  });

  test('needs no body', async () => {
    const { plan } = await planWith(1);
    expect(await post(`/v1/plans/${plan.id}/rollouts`)).toMatchObject({ status: 202, body: { tenants: { total: 1 } } });
  });

  test('without tenants to move succeeds at once and leaves the plan free', async () => {
    const { plan } = await planWith(0);
    for (let count = 0; count < 2; count += 1) {
      const rollout = await plan.rollOut();
      expect(rollout).toMatchObject({ state: 'succeeded', tenants: { total: 0 } });
      expect(rollout.finishedAt).not.toBeNull();
    }
  });

  test('includes only tenants on the given versions', async () => {
    const { plan, tenants } = await planWith(1);
    await plan.addVersion(22);
    const [second] = await plan.addTenants(1, 2);
    await plan.addTenants(1, 3);
    const rollout = await plan.rollOut({ from: [2] });
    expect((await tenantsOf(bulkhead.api, rollout.id)).map(({ tenantId }) => tenantId)).toEqual([second?.id]);
    await change(rollout.id, 'stop');
    const down = await plan.rollOut({ toVersion: 2 });
    expect((await tenantsOf(bulkhead.api, down.id)).map(({ previousVersion }) => previousVersion)).toEqual([3, 1]);
    expect(tenants).toHaveLength(1);
  });

  test('reports invalid fields', async () => {
    const { plan, tenants } = await planWith(1);
    const elsewhere = (await planWith(1)).tenants[0]?.id;
    const path = `/v1/plans/${plan.id}/rollouts`;
    const cases: [object, number, string, string | undefined][] = [
      [{ toVersion: 3 }, 404, 'plan.version_not_found', '/toVersion'],
      [{ from: [1, 9] }, 404, 'plan.version_not_found', '/from/1'],
      [{ from: [1, 2] }, 400, 'request.invalid', '/from/1'],
      [{ from: [] }, 400, 'request.invalid', '/from'],
      [{ toVersion: 0 }, 400, 'request.invalid', '/toVersion'],
      [{ maxConcurrent: 201 }, 400, 'request.invalid', '/maxConcurrent'],
      [{ maxConcurrent: 0 }, 400, 'request.invalid', '/maxConcurrent'],
      [{ maxFailures: -1 }, 400, 'request.invalid', '/maxFailures'],
      [{ batchSize: 0 }, 400, 'request.invalid', '/batchSize'],
      [{ canary: { tenants: -1 } }, 400, 'request.invalid', '/canary/tenants'],
      [{ canary: { tenants: 0 }, pauseAfterCanary: true }, 400, 'request.invalid', '/pauseAfterCanary'],
      [{ speed: 'fast' }, 400, 'request.invalid', '/speed'],
      [{ canary: { tenantIds: [tenants[0]?.id, elsewhere] } }, 422, 'rollout.canary_unknown', '/canary/tenantIds/1'],
      [{ canary: { tenantIds: ['tenant_x'] } }, 422, 'rollout.canary_unknown', '/canary/tenantIds/0'],
    ];
    for (const [body, status, code, pointer] of cases) {
      const answer = await post(path, body);
      expect({ body, status: answer.status, ...answer.body }).toMatchObject({
        body,
        status,
        code,
        errors: [{ pointer }],
      });
    }
    expect(await post('/v1/plans/nothing/rollouts', {})).toMatchObject({
      status: 404,
      body: { code: 'plan.not_found' },
    });
    for (const id of ['1', 'rollout_01kab4x2fqe3n8v6zj5t0w9rsy']) {
      for (const verb of ['pause', 'resume', 'stop', 'rollback']) {
        expect(await change(id, verb)).toEqual({ status: 404, state: 'rollout.not_found' });
      }
      expect((await bulkhead.api.send('GET', `/v1/rollouts/${id}`)).body['code']).toBe('rollout.not_found');
      expect((await bulkhead.api.send('GET', `/v1/rollouts/${id}/tenants`)).body['code']).toBe('rollout.not_found');
    }
  });

  test('is refused while the plan has an active one, and concurrent requests create one', async () => {
    const { plan } = await planWith(1);
    const answers = await Promise.all(Array.from({ length: 4 }, () => post(`/v1/plans/${plan.id}/rollouts`, {})));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409]);
    const refused = await post(`/v1/plans/${plan.id}/rollouts`, {});
    const id = answers.find(({ status }) => status === 202)?.body['id'] as string;
    expect(refused.body).toMatchObject({ code: 'rollout.active', detail: expect.stringContaining(id) as string });
  });

  test('with a repeated Idempotency-Key gets the first answer', async () => {
    const { plan } = await planWith(1);
    const send = (): ReturnType<typeof post> =>
      bulkhead.api.send('POST', `/v1/plans/${plan.id}/rollouts`, {}, { 'idempotency-key': plan.id });
    const [first, second] = [await send(), await send()];
    expect(second).toMatchObject({ status: 202, body: { id: first.body['id'] } });
  });
});

describe('a rollout', () => {
  test('pauses, resumes and stops, and skips pending tenants', async () => {
    const { plan } = await planWith(2);
    const { id } = await plan.rollOut();
    expect(await change(id, 'resume')).toEqual({ status: 409, state: 'rollout.state_conflict' });
    expect(await change(id, 'pause')).toEqual({ status: 202, state: 'paused' });
    expect(await bulkhead.api.get(`/v1/rollouts/${id}`)).toMatchObject({ reason: { code: 'Requested' } });
    expect(await change(id, 'pause')).toEqual({ status: 409, state: 'rollout.state_conflict' });
    expect(await change(id, 'resume', { retryFailed: true })).toEqual({ status: 202, state: 'canary' });
    expect(await change(id, 'stop')).toEqual({ status: 202, state: 'stopped' });
    const stopped = await bulkhead.api.get<RolloutBody>(`/v1/rollouts/${id}`);
    expect(stopped).toMatchObject({ reason: null, tenants: { total: 2, skipped: 2 } });
    expect(stopped.finishedAt).not.toBeNull();
    for (const tenant of await tenantsOf(bulkhead.api, id)) {
      expect(tenant).toMatchObject({ state: 'skipped', operationId: null, error: { reason: 'RolloutStopped' } });
    }
    for (const verb of ['pause', 'resume', 'stop']) {
      expect(await change(id, verb)).toEqual({ status: 409, state: 'rollout.state_conflict' });
    }
    expect(await plan.rollOut()).toMatchObject({ state: 'pending' });
    expect(await change(id, 'rollback')).toEqual({ status: 409, state: 'rollout.active' });
  });

  test('rolls back, and then can neither stop nor roll back again', async () => {
    const { plan } = await planWith(2);
    const { id } = await plan.rollOut();
    expect(await change(id, 'rollback')).toEqual({ status: 202, state: 'rolling_back' });
    for (const verb of ['stop', 'rollback', 'resume']) {
      expect(await change(id, verb)).toEqual({ status: 409, state: 'rollout.state_conflict' });
    }
    expect(await change(id, 'pause')).toEqual({ status: 202, state: 'paused' });
    for (const verb of ['stop', 'rollback']) {
      expect(await change(id, verb)).toEqual({ status: 409, state: 'rollout.state_conflict' });
    }
    expect(await change(id, 'resume')).toEqual({ status: 202, state: 'rolling_back' });
  });

  test('lists its tenants by page and state', async () => {
    const { plan, tenants } = await planWith(3);
    const { id } = await plan.rollOut();
    const path = `/v1/rollouts/${id}/tenants`;
    const first = await bulkhead.api.get<{ items: unknown[]; nextCursor: string }>(`${path}?limit=2`);
    expect(first.items).toHaveLength(2);
    const rest = await bulkhead.api.get<{ items: unknown[] }>(`${path}?limit=2&cursor=${first.nextCursor}`);
    expect(rest).toMatchObject({ items: [{ tenantId: tenants[0]?.id, state: 'pending' }], nextCursor: null });
    expect(await bulkhead.api.get(`${path}?state=failed`)).toMatchObject({ items: [] });
    expect((await bulkhead.api.send('GET', `${path}?cursor=eA`)).body['code']).toBe('request.cursor_invalid');
  });

  test('is managed by platform administrators and operators, and read by auditors', async () => {
    const { plan } = await planWith(0);
    const { id } = await plan.rollOut();
    const reads = [`/v1/plans/${plan.id}/rollouts`, `/v1/rollouts/${id}`, `/v1/rollouts/${id}/tenants`];
    const writes = [
      reads[0] ?? '',
      ...['pause', 'resume', 'stop', 'rollback'].map((verb) => `/v1/rollouts/${id}/${verb}`),
    ];
    const may = { operator: [true, true], auditor: [true, false], billing: [false, false], signup: [false, false] };
    for (const [role, [reading, writing]] of Object.entries(may)) {
      const caller = bulkhead.api.as(await bulkhead.createKey(role));
      for (const path of reads) {
        expect({ role, path, allowed: (await caller.send('GET', path)).status === 200 }).toEqual({
          role,
          path,
          allowed: reading,
        });
      }
      for (const path of writes) {
        expect({ role, path, allowed: (await caller.send('POST', path)).status !== 403 }).toEqual({
          role,
          path,
          allowed: writing,
        });
      }
    }
  });
});
