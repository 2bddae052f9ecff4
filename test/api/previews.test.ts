import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Bulkhead, newSlug } from '../support/bulkhead.js';

let bulkhead: Bulkhead;
let id: string;
let spec: object;

beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  const environments = ['main', 'staging'];
  const created = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug(), plan: 'team', environments });
  id = String(created.body['id']);
  ({ spec } = await bulkhead.api.get<{ spec: object }>('/v1/plans/team'));
});
afterAll(() => bulkhead.stop());

async function previews(): Promise<number> {
  const [row] = await bulkhead.database.query<{ count: number }>('SELECT count(*)::int AS count FROM previews');
  return row?.count ?? -1;
}

describe('invalid input is refused before a worker is asked', () => {
  const unknown = 'tenant_01kab4x2fqe3n8v6zj5t0w9rsy';
  test.for<[string, () => string, () => object, number, string, string | null]>([
    ['an unknown field', () => `tenants/${id}`, () => ({ colour: 'red' }), 400, 'request.invalid', '/colour'],
    ['an unknown plan', () => `tenants/${id}`, () => ({ plan: 'gold' }), 422, 'tenant.plan_unknown', '/plan'],
    ['too many environments', () => `tenants/${id}`, () => ({ plan: 'free' }), 422, 'tenant.plan_limit', '/plan'],
    ['an unknown tenant', () => `tenants/${unknown}`, () => ({}), 404, 'tenant.not_found', null],
    ['an unknown plan to preview', () => 'plans/gold', () => ({ spec }), 404, 'plan.not_found', null],
    ['a plan without content', () => 'plans/team', () => ({}), 400, 'request.invalid', '/spec'],
    [
      'another drift policy',
      () => 'plans/team',
      () => ({ spec: { ...spec, drift: { policy: 'ignore' } } }),
      400,
      'request.invalid',
      '/spec/drift/policy',
    ],
    [
      'a tenant of another plan',
      () => 'plans/free',
      () => ({ spec, tenantIds: [id] }),
      400,
      'request.invalid',
      '/tenantIds/0',
    ],
    [
      'an unknown tenant of a plan',
      () => 'plans/team',
      () => ({ spec, tenantIds: [unknown] }),
      404,
      'tenant.not_found',
      null,
    ],
  ])('%s', async ([, path, body, status, code, pointer]) => {
    const answer = await bulkhead.api.send('POST', `/v1/${path()}/preview`, body());
    expect(answer).toMatchObject({ status, body: { code } });
    if (pointer !== null) expect(answer.body['errors']).toMatchObject([{ pointer }]);
    expect(await previews()).toBe(0);
  });
});

test.for(['?wait=0', '?wait=31', '?limit=26', '?cursor=nonsense'])('%s is refused', async (query) => {
  expect((await bulkhead.api.send('POST', `/v1/plans/team/preview${query}`, { spec })).status).toBe(400);
});

test('without a worker the wait times out, and nothing has changed', async () => {
  const answer = await bulkhead.api.send('POST', `/v1/tenants/${id}/preview?wait=1`, { displayName: 'Later' });
  expect(answer).toMatchObject({ status: 503, body: { code: 'preview.timeout' } });
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await bulkhead.api.get(`/v1/tenants/${id}`)).toMatchObject({ generation: 1 });
});

test('a reader can preview neither tenants nor plans, but can read drift', async () => {
  const auditor = bulkhead.api.as(await bulkhead.createKey('auditor'));
  expect((await auditor.send('POST', `/v1/tenants/${id}/preview`, {})).status).toBe(403);
  expect((await auditor.send('POST', '/v1/plans/team/preview', { spec })).status).toBe(403);
  expect(await auditor.get(`/v1/tenants/${id}/drift`)).toMatchObject({ driftFree: false, observedAt: null, items: [] });
  expect(await auditor.send('GET', '/v1/tenants/nobody/drift')).toMatchObject({ status: 404 });
});
