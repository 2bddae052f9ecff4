import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ApiAnswer } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';

let bulkhead: Bulkhead;
/** Without a worker: the test writes the capabilities of the cluster. */
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
});
afterAll(() => bulkhead.stop());

type Json = Record<string, unknown>;

const capable = {
  minorVersion: '1.36',
  dnsServiceIps: [],
  podCidrs: [],
  serviceCidrs: [],
  nodeCidrs: [],
  apiServerEndpoints: { ips: [], port: 6443 },
  monitoring: null,
  gateway: { namespace: 'ingress', podLabels: { app: 'gateway' } },
  sharedGateway: { namespace: 'ingress', name: 'shared' },
  knowsGatewayApi: true,
  knowsListenerSets: true,
  retriesRoutes: true,
};
const knows = (facts: object | null): Promise<unknown> =>
  bulkhead.database.query('UPDATE clusters SET facts = $1::jsonb', [facts === null ? null : JSON.stringify(facts)]);

interface Tenant {
  id: string;
  slug: string;
  host: string;
}

async function newTenant(plan = 'team', environments?: string[]): Promise<Tenant> {
  const slug = newSlug();
  const { status, body } = await bulkhead.api.send('POST', '/v1/tenants', { slug, plan, environments });
  expect(status, JSON.stringify(body)).toBe(202);
  const [id, host] = [String(body['id']), `${slug}.example`];
  expect((await bulkhead.api.send('POST', `/v1/tenants/${id}/hosts`, { host })).status).toBe(202);
  await knows(capable);
  return { id, slug, host };
}

const rule = (more: Json = {}): Json => ({ backends: [{ service: 'web', port: 80 }], ...more });
const route = ({ host }: Tenant, more: Json = {}): Json => ({ name: 'shop', hosts: [host], rules: [rule()], ...more });
const send = (tenant: Tenant, body: Json, headers: Record<string, string> = {}): Promise<ApiAnswer> =>
  bulkhead.api.send('POST', `/v1/tenants/${tenant.id}/routes`, body, headers);
const refusal = ({ status, body }: ApiAnswer): [number, unknown, unknown] => {
  const [first] = body['errors'] as { pointer: string }[];
  return [status, body['code'], first?.pointer];
};
const generationOf = async ({ id }: Tenant): Promise<number> =>
  (await bulkhead.api.get<{ generation: number }>(`/v1/tenants/${id}`)).generation;

test('a route is created, read, updated and deleted, and each change is one of the tenant', async () => {
  const tenant = await newTenant();
  const before = await generationOf(tenant);
  const made = await send(tenant, route(tenant));
  expect(made.status, JSON.stringify(made.body)).toBe(202);
  expect(made.headers.get('location')).toMatch(/^\/v1\/operations\/op_/);
  const [matches, weight] = [[{ path: { type: 'Prefix', value: '/' }, headers: [], method: null }], 100];
  const timeouts = { request: null, backendRequest: null };
  const path = `/v1/tenants/${tenant.id}/routes/shop`;
  const read = await bulkhead.api.send('GET', path);
  expect(read.body).toEqual({
    name: 'shop',
    environment: 'main',
    hosts: [tenant.host],
    tls: null,
    lacking: null,
    rules: [{ matches, backends: [{ service: 'web', port: 80, weight }], timeouts, retries: null }],
    podLabels: { 'bulkhead.io/exposed': 'true' },
    createdBy: expect.stringMatching(/^key_/) as string,
    createdAt: expect.any(String) as string,
    updatedAt: expect.any(String) as string,
  });
  const etag = read.headers.get('etag') ?? '';
  const hosts = [`www.${tenant.host}`, tenant.host];
  const changed = await bulkhead.api.send('PATCH', path, { hosts }, { 'if-match': etag });
  expect(changed).toMatchObject({ status: 202, body: { hosts: hosts.toSorted(), rules: read.body['rules'] } });
  const late = await bulkhead.api.send('PATCH', path, { hosts }, { 'if-match': etag });
  expect(late).toMatchObject({ status: 412, body: { code: 'precondition.failed' } });
  expect(await bulkhead.api.get(`/v1/tenants/${tenant.id}/routes`)).toMatchObject({ items: [{ name: 'shop' }] });
  expect((await bulkhead.api.send('DELETE', path)).status).toBe(202);
  expect(refusal(await bulkhead.api.send('GET', path))).toEqual([404, 'tenant_route.not_found', undefined]);
  expect(await generationOf(tenant)).toBe(before + 3);
});

test('a repeated request creates one route', async () => {
  const tenant = await newTenant();
  const headers = { 'idempotency-key': newSlug('key') };
  const [first, second] = [await send(tenant, route(tenant), headers), await send(tenant, route(tenant), headers)];
  expect(second.headers.get('idempotency-replayed')).toBe('true');
  expect(second.headers.get('location')).toBe(first.headers.get('location'));
});

describe('a route is refused', () => {
  test.for<[string, Json, [number, string, string]]>([
    ['for an unassigned host', { hosts: ['nobody.example'] }, [422, 'tenant_route.host_foreign', '/hosts/0']],
    [
      'into an unknown environment',
      { environment: 'production' },
      [422, 'tenant_route.environment_unknown', '/environment'],
    ],
    [
      'with weights that do not add up to 100',
      {
        rules: [
          rule({
            backends: [
              { service: 'a', port: 80, weight: 50 },
              { service: 'b', port: 80, weight: 40 },
            ],
          }),
        ],
      },
      [400, 'request.invalid', '/rules/0/backends'],
    ],
    [
      'to a service of another namespace',
      { rules: [rule({ backends: [{ service: 'web', port: 80, namespace: 'tn-other' }] })] },
      [400, 'request.invalid', '/rules/0/backends/0/namespace'],
    ],
    [
      'to a service by its name in another namespace',
      { rules: [rule({ backends: [{ service: 'web.tn-other', port: 80 }] })] },
      [400, 'request.invalid', '/rules/0/backends/0/service'],
    ],
    [
      'with a timeout beyond the plan',
      { rules: [rule(), rule({ timeouts: { request: '61s' } })] },
      [422, 'tenant.plan_limit', '/rules/1/timeouts/request'],
    ],
    [
      'with a longer timeout for an attempt than for the request',
      { rules: [rule({ timeouts: { backendRequest: '16s' } })] },
      [422, 'tenant.plan_limit', '/rules/0/timeouts/backendRequest'],
    ],
    [
      'with more retries than the plan allows',
      { rules: [rule({ retries: { attempts: 3 } })] },
      [422, 'tenant.plan_limit', '/rules/0/retries/attempts'],
    ],
    ['with a wildcard', { hosts: ['*.acme.example'] }, [400, 'request.invalid', '/hosts/0']],
    ['without a host', { hosts: [] }, [400, 'request.invalid', '/hosts']],
  ])('%s', async ([, more, expected]) => {
    const tenant = await newTenant();
    const before = await generationOf(tenant);
    expect(refusal(await send(tenant, route(tenant, more)))).toEqual(expected);
    expect(await generationOf(tenant)).toBe(before);
    expect((await send(tenant, route(tenant))).status).toBe(202);
  });

  test('for a host of another tenant, with the same problem as for an unassigned host', async () => {
    const [owner, other] = [await newTenant(), await newTenant()];
    for (const host of [owner.host, `shop.${owner.host}`]) {
      const answer = await send(other, route(other, { hosts: [other.host, host] }));
      expect(refusal(answer)).toEqual([422, 'tenant_route.host_foreign', '/hosts/1']);
      expect(answer.body['detail']).toBe(`"${host}" is neither a host of the tenant nor a subdomain of one.`);
    }
  });

  test('with a name that is taken, or a host in another environment', async () => {
    const tenant = await newTenant('team', ['main', 'staging']);
    await send(tenant, route(tenant));
    expect(refusal(await send(tenant, route(tenant)))).toEqual([409, 'tenant_route.name_taken', '/name']);
    const conflict = [409, 'tenant_route.host_conflict', '/hosts/0'];
    const second = (more: Json): Promise<ApiAnswer> => send(tenant, route(tenant, { name: 'second', ...more }));
    expect(refusal(await second({ environment: 'staging' }))).toEqual(conflict);
    expect(refusal(await second({ tls: { secret: 'cert' } }))).toEqual(conflict);
    expect((await second({})).status).toBe(202);
  });

  test('by a plan without an ingress gateway', async () => {
    const tenant = await newTenant('free');
    expect(refusal(await send(tenant, route(tenant)))).toEqual([422, 'tenant.plan_limit', '']);
  });

  test('if the environment has as many as the plan allows', async () => {
    const plan = newSlug('plan');
    const spec = { quota: { cpu: '1', memory: '1Gi' }, network: { ingressGateway: true }, routing: { maxRoutes: 1 } };
    await bulkhead.api.send('POST', '/v1/plans', { id: plan, displayName: plan, spec });
    const tenant = await newTenant(plan);
    expect((await send(tenant, route(tenant))).status).toBe(202);
    expect(refusal(await send(tenant, route(tenant, { name: 'second' })))).toEqual([422, 'tenant.plan_limit', '']);
    const patch = { rules: [rule({ timeouts: { request: '1s' } })] };
    expect((await bulkhead.api.send('PATCH', `/v1/tenants/${tenant.id}/routes/shop`, patch)).status).toBe(202);
  });

  test.for<[string, Json, Json, string]>([
    ['gateway-api', { knowsGatewayApi: false }, {}, ''],
    ['shared-gateway', { sharedGateway: null }, {}, ''],
    ['ingress-gateway', { gateway: null }, {}, ''],
    ['listener-sets', { knowsListenerSets: false }, { tls: { secret: 'cert' } }, '/tls'],
    [
      'http-route-retries',
      { retriesRoutes: false },
      { rules: [rule({ retries: { attempts: 1 } })] },
      '/rules/0/retries',
    ],
  ])('by a cluster that lacks what it needs, which is named: %s', async ([capability, facts, more, pointer]) => {
    const tenant = await newTenant();
    await knows({ ...capable, ...facts });
    const answer = await send(tenant, route(tenant, more));
    expect(refusal(answer)).toEqual([422, 'tenant_route.unsupported', pointer]);
    expect(answer.body['detail']).toContain(`Missing capability: ${capability}.`);
    await knows(capable);
    expect((await send(tenant, route(tenant, more))).status).toBe(202);
    await knows({ ...capable, ...facts });
    const path = `/v1/tenants/${tenant.id}/routes/shop`;
    expect(await bulkhead.api.get(path)).toMatchObject({ lacking: { capability } });
  });

  test('before a worker has inspected the cluster', async () => {
    const tenant = await newTenant();
    await knows(null);
    expect(await send(tenant, route(tenant))).toMatchObject({ status: 503, body: { code: 'service.unavailable' } });
  });
});

test('a host cannot be removed while a route uses it', async () => {
  const tenant = await newTenant();
  await send(tenant, route(tenant, { hosts: [`shop.${tenant.host}`] }));
  const host = `/v1/tenants/${tenant.id}/hosts/${tenant.host}`;
  const answer = await bulkhead.api.send('DELETE', host);
  expect(answer).toMatchObject({ status: 409, body: { code: 'host.in_use' } });
  await bulkhead.api.send('DELETE', `/v1/tenants/${tenant.id}/routes/shop`);
  expect((await bulkhead.api.send('DELETE', host)).status).toBe(202);
});

test('routes of an unknown tenant are not found, and readers cannot change routes', async () => {
  const path = '/v1/tenants/tenant_01h455vb4pex5vsknk084sn02q/routes';
  const body = { name: 'shop', hosts: ['a.example'], rules: [rule()] };
  expect((await bulkhead.api.send('GET', path)).status).toBe(404);
  expect((await bulkhead.api.send('POST', path, body)).status).toBe(404);
  const auditor = bulkhead.api.as(await bulkhead.createKey('auditor'));
  expect((await auditor.send('POST', path, body)).status).toBe(403);
});
