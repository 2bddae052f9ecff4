import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ApiAnswer, type ApiClient, type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { type LinkBody } from '../support/links.js';

const DAY_MS = 86_400_000;

let bulkhead: Bulkhead;
let operator: ApiClient;
let another: ApiClient;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  operator = bulkhead.api.as(await bulkhead.createKey('operator'));
  another = bulkhead.api.as(await bulkhead.createKey('operator'));
});
afterAll(() => bulkhead.stop());

async function newTenant(plan = 'team'): Promise<TenantBody> {
  const answer = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug(), plan });
  return answer.body as unknown as TenantBody;
}
function refused(answer: ApiAnswer, status: number, code: string, pointer?: string): void {
  expect(answer).toMatchObject({ status, body: { code, ...(pointer !== undefined && { errors: [{ pointer }] }) } });
}
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

/** A valid proposal with some changes. */
async function proposal(change: Record<string, unknown> = {}): Promise<Proposal> {
  const [provider, consumer] = [await newTenant(), await newTenant()];
  return {
    reason: 'Reports.',
    expiresAt: inDays(1),
    ...change,
    provider: { tenantId: provider.id, service: 'ledger', ports: [8443, 80], ...(change['provider'] as object) },
    consumer: { tenantId: consumer.id, serviceAccount: 'reports', ...(change['consumer'] as object) },
  };
}
interface Proposal {
  reason: string;
  expiresAt: string;
  provider: { tenantId: string; service: string; ports: number[] };
  consumer: { tenantId: string; serviceAccount: string };
}
const proposeWith = async (change: Record<string, unknown>): Promise<ApiAnswer> => propose(await proposal(change));
const propose = (body: object, api = operator): Promise<ApiAnswer> => api.send('POST', '/v1/links', body);
async function proposed(body?: object): Promise<LinkBody> {
  const { status, body: link } = await propose(body ?? (await proposal()));
  expect(status, JSON.stringify(link)).toBe(201);
  return link as unknown as LinkBody;
}
const consent = (id: string, side: string, api = operator): Promise<ApiAnswer> =>
  api.send('POST', `/v1/links/${id}/consents`, { side });
const hold = (id: string, effect: string): Promise<ApiAnswer> =>
  bulkhead.api.send('POST', `/v1/tenants/${id}/holds`, { source: 'admin', effect, reason: 'Test.' });
/** The changes of a tenant and their actors. */
async function operationsOf(tenantId: string): Promise<string[]> {
  const { items } = await bulkhead.api.get<{ items: { kind: string }[] }>(`/v1/operations?tenantId=${tenantId}`);
  return items.map(({ kind }) => kind);
}

describe('a proposal', () => {
  test('is recorded, and opens nothing before both sides have consented', async () => {
    const body = await proposal();
    const answer = await propose(body);
    const link = answer.body as unknown as LinkBody;
    expect(answer).toMatchObject({ status: 201 });
    expect(answer.headers.get('location')).toBe(`/v1/links/${link.id}`);
    expect(link).toMatchObject({ state: 'proposed', reason: 'Reports.', resolved: null, problem: null, ended: null });
    expect(link).toMatchObject({
      provider: { environment: 'main', service: 'ledger', ports: [80, 8443], consent: null, inForce: false },
      consumer: { environment: 'main', serviceAccount: 'reports', consent: null, operationId: null },
    });
    expect(await bulkhead.api.get(`/v1/links/${link.id}`)).toEqual(link);

    const first = await consent(link.id, 'consumer');
    expect(first).toMatchObject({
      status: 200,
      body: { state: 'proposed', consumer: { consent: { by: link.createdBy } } },
    });
    const second = await consent(link.id, 'provider', another);
    expect(second).toMatchObject({ status: 200, body: { state: 'approved' } });
    const by = (second.body as unknown as LinkBody).provider.consent?.by;
    expect(by).toMatch(/^key_/);
    expect(by).not.toBe(link.createdBy);
    // No worker is running to open it.
    expect(await operationsOf(body.provider.tenantId)).toEqual(['create']);
  });

  test('with a repeated Idempotency-Key returns the same link', async () => {
    const body = await proposal();
    const key = { 'idempotency-key': newSlug() };
    const first = await operator.send('POST', '/v1/links', body, key);
    const second = await operator.send('POST', '/v1/links', body, key);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
  });

  test.for<[string, Record<string, unknown>, string]>([
    ['no port', { provider: { ports: [] } }, '/provider/ports'],
    ['port 0', { provider: { ports: [0] } }, '/provider/ports/0'],
    ['port 65536', { provider: { ports: [80, 65_536] } }, '/provider/ports/1'],
    ['a named port', { provider: { ports: ['http'] } }, '/provider/ports/0'],
    ['a duplicate port', { provider: { ports: [80, 80] } }, '/provider/ports'],
    ['17 ports', { provider: { ports: Array.from({ length: 17 }, (_, index) => index + 1) } }, '/provider/ports'],
    ['a service in another namespace', { provider: { service: 'ledger.kube-system' } }, '/provider/service'],
    ['all service accounts', { consumer: { serviceAccount: '*' } }, '/consumer/serviceAccount'],
    ['no reason', { reason: ' ' }, '/reason'],
    ['a date without a time', { expiresAt: '2027-01-01' }, '/expiresAt'],
    ['no expiry', { expiresAt: null }, '/expiresAt'],
    ['a protocol', { provider: { protocol: 'UDP' } }, '/provider'],
    ['a consent of an unknown side', { consents: ['auditor'] }, '/consents/0'],
  ])('with %s is refused', async ([, change, pointer]) => {
    const answer = await proposeWith(change);
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect(JSON.stringify(answer.body['errors'])).toContain(`"${pointer}`);
  });

  test('requires two existing tenants with existing environments', async () => {
    const { id } = await newTenant();
    const none = 'tenant_01kab4x2fqe3n8v6zj5t0w9rsx';
    const own = { provider: { tenantId: id }, consumer: { tenantId: id } };
    refused(await proposeWith(own), 422, 'link.same_tenant');
    for (const side of ['provider', 'consumer']) {
      for (const tenantId of [none, 'acme', '']) {
        refused(await proposeWith({ [side]: { tenantId } }), 422, 'link.tenant_unknown', `/${side}/tenantId`);
      }
      const elsewhere = await proposeWith({ [side]: { environment: 'staging' } });
      refused(elsewhere, 422, 'link.environment_unknown', `/${side}/environment`);
    }
  });

  test('expires within the time that the plans of both sides allow', async () => {
    const expired = { code: 'link.expired', errors: [{ pointer: '/expiresAt' }] };
    expect(await propose(await proposal({ expiresAt: inDays(-1) }))).toMatchObject({ status: 422, body: expired });
    expect((await propose(await proposal({ expiresAt: inDays(89) }))).status).toBe(201);
    const limit = { status: 422, body: { code: 'tenant.plan_limit', errors: [{ pointer: '/expiresAt' }] } };
    expect(await propose(await proposal({ expiresAt: inDays(91) }))).toMatchObject(limit);
    const small = await newTenant('free');
    for (const side of ['provider', 'consumer']) {
      const body = await proposal({ [side]: { tenantId: small.id }, expiresAt: inDays(31) });
      expect(await propose(body)).toMatchObject(limit);
    }
    const offset = new Date(Date.now() + DAY_MS).toISOString().replace('Z', '+02:00');
    expect((await proposeWith({ expiresAt: offset })).status).toBe(201);
  });

  test('is limited in number by the plans of both sides, even for concurrent proposals', async () => {
    const small = await newTenant('free');
    const bodies = await Promise.all([
      proposal({ provider: { tenantId: small.id } }),
      proposal({ consumer: { tenantId: small.id } }),
      proposal({ consumer: { tenantId: small.id } }),
    ]);
    const answers = await Promise.all(bodies.map((body) => propose(body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 422]);
    const refused = answers.find(({ status }) => status === 422);
    expect(refused?.body).toMatchObject({ code: 'tenant.plan_limit' });
    const [open] = answers.filter(({ status }) => status === 201);
    await operator.send('DELETE', `/v1/links/${String(open?.body['id'])}`);
    expect((await proposeWith({ provider: { tenantId: small.id } })).status).toBe(201);
  });

  test('is refused for tenants on different clusters', async () => {
    const body = await proposal();
    const { database } = bulkhead;
    await database.query(
      `INSERT INTO clusters SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'name', 'second'))).*
       FROM clusters c WHERE name = 'default'`,
    );
    const { slug } = await bulkhead.api.get<TenantBody>(`/v1/tenants/${body.consumer.tenantId}`);
    const move = 'UPDATE tenants SET cluster_id = (SELECT id FROM clusters WHERE name = $1) WHERE slug = $2';
    await database.query(move, ['second', slug]);
    refused(await propose(body), 422, 'link.cluster_differs');
    // Tenants of later tests would be placed there, where fewer are.
    await database.query(move, ['default', slug]);
    await database.query(`DELETE FROM clusters WHERE name = 'second'`);
  });

  test('is refused while a tenant is frozen or being deleted, and so is a consent', async () => {
    const link = await proposed();
    for (const [side, change, code] of [
      ['provider', (id: string) => hold(id, 'freeze'), 'tenant.frozen'],
      ['consumer', (id: string) => bulkhead.api.send('DELETE', `/v1/tenants/${id}`), 'tenant.deleting'],
    ] as const) {
      const body = await proposal();
      expect((await change(body[side].tenantId)).status).toBe(202);
      expect(await propose(body)).toMatchObject({ status: 409, body: { code } });
    }
    await hold(link.provider.tenantId, 'freeze');
    refused(await consent(link.id, 'consumer'), 409, 'tenant.frozen');
    // Revoking is still possible.
    expect((await operator.send('DELETE', `/v1/links/${link.id}`)).status).toBe(202);
  });

  test('that duplicates an open link is refused, unless it expires later', async () => {
    const body = await proposal();
    const first = await proposed(body);
    for (const expiresAt of [inDays(1 / 2), first.expiresAt]) {
      refused(await propose({ ...body, expiresAt }), 409, 'link.exists');
    }
    const fewer = { ...body, provider: { ...body.provider, ports: [80] } };
    refused(await propose(fewer), 409, 'link.exists');
    expect((await propose({ ...body, provider: { ...body.provider, ports: [81] } })).status).toBe(201);
    expect((await propose({ ...body, consumer: { ...body.consumer, serviceAccount: 'other' } })).status).toBe(201);
    const longer = await proposed({ ...body, expiresAt: inDays(2) });
    for (const { id } of [longer, first]) await operator.send('DELETE', `/v1/links/${id}`);
    expect((await propose(body)).status).toBe(201);
  });
});

describe('consent', () => {
  test('comes from two callers, except for platform administrators', async () => {
    refused(await propose({ ...(await proposal()), consents: ['provider', 'consumer'] }), 403, 'link.same_caller');
    const link = await proposed({ ...(await proposal()), consents: ['consumer'] });
    expect(link).toMatchObject({ state: 'proposed', consumer: { consent: { by: link.createdBy } } });
    refused(await consent(link.id, 'provider'), 403, 'link.same_caller');
    expect(await consent(link.id, 'provider', another)).toMatchObject({ status: 200, body: { state: 'approved' } });

    const both = await propose({ ...(await proposal()), consents: ['provider', 'consumer'] }, bulkhead.api);
    expect(both).toMatchObject({ status: 201, body: { state: 'approved' } });
    const later = await proposed();
    for (const side of ['provider', 'consumer']) {
      expect((await consent(later.id, side, bulkhead.api)).status).toBe(200);
    }
  });

  test('is given once per side, and only for that side', async () => {
    const { id } = await proposed();
    refused(await consent(id, 'both'), 400, 'request.invalid');
    expect((await consent(id, 'provider')).status).toBe(200);
    refused(await consent(id, 'provider', another), 409, 'link.state_conflict');
    const unknown = 'link_01kab4x2fqe3n8v6zj5t0w9rsx';
    for (const nothing of [unknown, 'nothing']) {
      refused(await consent(nothing, 'provider'), 404, 'link.not_found');
    }
  });

  test('requires the permission', async () => {
    const { id } = await proposed();
    const may: Record<string, number[]> = { billing: [403, 403, 403, 403], auditor: [200, 403, 403, 403] };
    for (const [role, expected] of Object.entries(may)) {
      const caller = bulkhead.api.as(await bulkhead.createKey(role));
      const answers = [
        await caller.send('GET', `/v1/links/${id}`),
        await propose(await proposal(), caller),
        await consent(id, 'provider', caller),
        await caller.send('DELETE', `/v1/links/${id}`),
      ];
      expect({ role, answers: answers.map(({ status }) => status) }).toEqual({ role, answers: expected });
    }
  });
});

describe('a revocation', () => {
  test('is final and records who revoked the link', async () => {
    const { id, createdBy } = await proposed();
    const revoked = await operator.send('DELETE', `/v1/links/${id}`);
    expect(revoked).toMatchObject({
      status: 202,
      body: { state: 'revoked', ended: { by: createdBy, reason: 'revoked' } },
    });
    // Nothing was open, so there is no operation to follow.
    expect(revoked.headers.get('location')).toBeNull();
    const conflict = { status: 409, body: { code: 'link.state_conflict' } };
    expect(await operator.send('DELETE', `/v1/links/${id}`)).toMatchObject(conflict);
    expect(await consent(id, 'provider')).toMatchObject(conflict);
    expect(await operator.send('DELETE', '/v1/links/nothing')).toMatchObject({ body: { code: 'link.not_found' } });
  });
});

describe('the list', () => {
  test('has pages, and filters by tenant and state', async () => {
    const tenant = await newTenant();
    const links = [
      await proposed(await proposal({ provider: { tenantId: tenant.id } })),
      await proposed(await proposal({ consumer: { tenantId: tenant.id } })),
      await proposed(await proposal({ provider: { tenantId: tenant.id } })),
    ];
    const ids = links.map(({ id }) => id).reverse();
    const path = `/v1/links?tenantId=${tenant.id}`;
    interface Listed {
      items: LinkBody[];
      nextCursor: string | null;
    }
    const list = (query: string): Promise<Listed> => bulkhead.api.get<Listed>(path + query);
    const first = await list('&limit=2');
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const second = await list(`&limit=2&cursor=${first.nextCursor ?? ''}`);
    expect(second).toMatchObject({ items: [{ id: ids[2] }], nextCursor: null });
    await operator.send('DELETE', `/v1/links/${ids[1] ?? ''}`);
    expect((await list('&state=revoked')).items.map(({ id }) => id)).toEqual([ids[1]]);
    expect((await list('&state=proposed')).items.map(({ id }) => id)).toEqual([ids[0], ids[2]]);
    expect((await list('&state=active')).items).toEqual([]);
    expect((await bulkhead.api.get<Listed>('/v1/links?tenantId=acme')).items).toEqual([]);
    expect((await bulkhead.api.send('GET', '/v1/links?state=open')).status).toBe(400);
    refused(await bulkhead.api.send('GET', '/v1/links?cursor=bm90aGluZw'), 400, 'request.cursor_invalid');
  });
});
