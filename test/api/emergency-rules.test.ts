import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ApiAnswer, type ApiClient } from '../support/api-client.js';
import { type Bulkhead, newSlug } from '../support/bulkhead.js';
import { inHours, type Json, refusal, RulesApi } from '../support/network-rules.js';

let rules: RulesApi;
let bulkhead: Bulkhead;
beforeAll(async () => {
  rules = await RulesApi.start();
  ({ bulkhead } = rules);
});
afterAll(() => bulkhead.stop());

const idOf = (path: string): string => path.split('/').at(-1) ?? '';
const rule = (selector: Json, more: Json = {}): Json => ({
  direction: 'egress',
  cidrs: ['203.0.113.7/32'],
  selector,
  ...more,
});
const preview = (body: Json, by: ApiClient = bulkhead.api): Promise<ApiAnswer> =>
  by.send('POST', '/v1/network-rules/preview', body);
async function place(body: Json): Promise<Json & { id: string }> {
  const { match } = (await preview(body)).body;
  const made = await bulkhead.api.send('POST', '/v1/network-rules', { ...body, reason: 'Case 4711.', match });
  expect(made.status, JSON.stringify(made.body)).toBe(202);
  return made.body as Json & { id: string };
}

describe('an emergency rule', () => {
  test('is for exactly the previewed tenants, changes each of them, and is lifted for all', async () => {
    const labels = { case: newSlug() };
    const [one, two, other] = [
      await rules.newTenant('bounded', { labels }),
      await rules.newTenant('bounded', { labels }),
      await rules.newTenant(),
    ];
    const wanted = rule({ labels }, { expiresAt: inHours(1), ports: [{ protocol: 'TCP', port: 25 }] });
    const { body: radius } = await preview(wanted);
    expect(radius).toMatchObject({ hit: 2, skipped: 0 });
    expect((radius['tenants'] as Json[]).map(({ id }) => id).sort()).toEqual([one, two].map(idOf).sort());
    const [mine, others] = [await rules.generationOf(one), await rules.generationOf(other)];
    const body = { ...wanted, reason: 'Case 4711.', match: radius['match'] };
    for (const stale of [
      { ...body, match: 'x' },
      { ...body, cidrs: ['203.0.113.8/32'] },
      { ...body, selector: { all: true } },
    ]) {
      const refused = await bulkhead.api.send('POST', '/v1/network-rules', stale);
      expect(refusal(refused)).toEqual([412, 'precondition.preview_stale', undefined]);
    }
    const made = await bulkhead.api.send('POST', '/v1/network-rules', body);
    expect(made).toMatchObject({
      status: 202,
      body: { selector: { labels }, counts: { pending: 2, 'in-force': 0 }, endedAt: null, liftedBy: null },
    });
    const location = made.headers.get('location') ?? '';
    expect(location).toBe(`/v1/network-rules/${String(made.body['id'])}`);
    expect(await rules.generationOf(one)).toBe(mine + 1);
    expect(await rules.generationOf(other)).toBe(others);
    const { items } = await bulkhead.api.get<{ items: Json[] }>('/v1/network-rules?limit=1');
    expect(items).toMatchObject([{ id: made.body['id'] }]);
    expect(items[0]).not.toHaveProperty('tenants');
    const lifted = await bulkhead.api.send('DELETE', location);
    expect(lifted).toMatchObject({ status: 202, body: { liftedBy: expect.stringMatching(/^key_/) as string } });
    expect(await rules.generationOf(one)).toBe(mine + 2);
    expect(refusal(await bulkhead.api.send('DELETE', location))).toEqual([404, 'network_rule.not_found', undefined]);
    const events = await bulkhead.api.get<{ items: { action: string }[] }>('/v1/audit-events?limit=20');
    const actions = events.items.map(({ action }) => action);
    expect(actions.filter((action) => /emergency/i.test(action)).length, actions.join()).toBe(2);
  });

  test('is shown with the rules of a tenant, for it alone, and cannot be changed there', async () => {
    const labels = { case: newSlug() };
    const [own, other] = [await rules.newTenant('bounded', { labels }), await rules.newTenant('bounded', { labels })];
    const allowing = await rules.send(own);
    const made = await place(rule({ labels }));
    const member = bulkhead.api.as(await bulkhead.createKey('tenant-owner', '--tenant', idOf(own)));
    const { items } = await member.get<{ items: Json[] }>(`${own}/network-rules`);
    expect(items).toMatchObject([
      { id: made.id, emergency: true, action: 'deny', owner: 'platform', reason: 'Case 4711.', inForce: false },
      { id: allowing.body['id'], emergency: false, contradicts: [{ id: made.id, prevails: false }] },
    ]);
    expect(JSON.stringify(items)).not.toContain(idOf(other));
    const path = `${own}/network-rules/${made.id}`;
    expect(await member.get(path)).toMatchObject({ emergency: true, contradicts: [{ prevails: true }] });
    for (const by of [member, bulkhead.api]) {
      for (const answer of [
        await by.send('DELETE', path),
        await by.send('PATCH', path, { cidrs: ['203.0.113.9/32'] }),
      ]) {
        expect(refusal(answer)).toEqual([409, 'network_rule.emergency', undefined]);
      }
    }
    const asked = { from: { tenant: idOf(own) }, to: { address: '203.0.113.7' }, port: 443 };
    expect(await member.send('POST', '/v1/reachability/query', asked)).toMatchObject({
      body: {
        allowed: false,
        rules: [
          { id: made.id, action: 'deny', decides: true },
          { action: 'allow', decides: false },
        ],
      },
    });
    await bulkhead.api.send('DELETE', `/v1/network-rules/${made.id}`);
    expect(await member.send('POST', '/v1/reachability/query', asked)).toMatchObject({ body: { allowed: true } });
    expect((await member.get<{ items: Json[] }>(`${own}/network-rules`)).items).toHaveLength(1);
  });

  test('does not count against the limits of a tenant', async () => {
    const labels = { case: newSlug() };
    const tenant = await rules.newTenant('bounded', { labels });
    for (let index = 0; index < 3; index += 1) await place(rule({ labels }, { cidrs: [`203.0.113.${index}/32`] }));
    for (let index = 0; index < 3; index += 1) expect((await rules.send(tenant)).status).toBe(202);
    expect(refusal(await rules.send(tenant))).toEqual([422, 'tenant.plan_limit', '']);
  });

  test('is closed to callers of tenants, and open to auditors for reading only', async () => {
    const tenant = await rules.newTenant();
    const member = bulkhead.api.as(await bulkhead.createKey('tenant-owner', '--tenant', idOf(tenant)));
    const auditor = bulkhead.api.as(await bulkhead.createKey('auditor'));
    const made = await place(rule({ tenants: [idOf(tenant)] }));
    const path = `/v1/network-rules/${made.id}`;
    for (const by of [member, auditor]) {
      expect((await preview(rule({ all: true }), by)).status).toBe(403);
      expect((await by.send('POST', '/v1/network-rules', {})).status).toBe(403);
      expect((await by.send('DELETE', path)).status).toBe(403);
    }
    for (const read of ['/v1/network-rules', path]) {
      expect((await member.send('GET', read)).status).toBe(403);
      expect((await auditor.send('GET', read)).status).toBe(200);
    }
  });
});

describe('an emergency rule is refused', () => {
  test.for<[string, Json, [number, string, string]]>([
    ['with bits behind the prefix', { cidrs: ['203.0.113.1/24'] }, [400, 'request.invalid', '/cidrs/0']],
    ['without a range', { cidrs: [] }, [400, 'request.invalid', '/cidrs']],
    [
      'that denies ingress from everywhere',
      { direction: 'ingress', cidrs: ['0.0.0.0/0'] },
      [400, 'request.invalid', '/cidrs/0'],
    ],
    ['that allows', { action: 'allow' }, [400, 'request.invalid', '/action']],
    ['for nobody in particular', { selector: {} }, [400, 'request.invalid', '/selector']],
    ['for all and some', { selector: { all: true, plan: 'team' } }, [400, 'request.invalid', '/selector']],
    ['with an empty list of tenants', { selector: { tenants: [] } }, [400, 'request.invalid', '/selector/tenants']],
    ['for an unknown tenant', { selector: { tenants: ['tenant_x'] } }, [400, 'request.invalid', '/selector/tenants/0']],
    ['that closes what is closed', { cidrs: ['169.254.169.254/32'] }, [422, 'network_rule.no_effect', '/cidrs']],
    ['with an end in the past', { expiresAt: '2020-01-01T00:00:00Z' }, [422, 'network_rule.expired', '/expiresAt']],
    ['with ports backwards', { ports: [{ port: 9, endPort: 8 }] }, [400, 'request.invalid', '/ports/0/endPort']],
  ])('%s', async ([, more, expected]) => {
    const body = { ...rule({ all: true }), ...more };
    expect(refusal(await preview(body))).toEqual(expected);
    const made = await bulkhead.api.send('POST', '/v1/network-rules', { ...body, reason: 'x', match: 'x' });
    expect(refusal(made)).toEqual(expected);
  });

  test('beyond 50 in force', async () => {
    const selector = { labels: { nobody: newSlug() } };
    const [row] = await bulkhead.database.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM emergency_rules WHERE ended_at IS NULL',
    );
    for (let index = row?.count ?? 0; index < 50; index += 1) await place(rule(selector));
    expect(refusal(await preview(rule(selector)))).toEqual([409, 'network_rule.limit', '']);
    await bulkhead.database.query('UPDATE emergency_rules SET ended_at = now()');
  });
});
