import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ApiAnswer } from '../support/api-client.js';
import { type Bulkhead } from '../support/bulkhead.js';
import { inHours, type Json, refusal, rule, RulesApi } from '../support/network-rules.js';

let rules: RulesApi;
let bulkhead: Bulkhead;
beforeAll(async () => {
  rules = await RulesApi.start();
  ({ bulkhead } = rules);
});
afterAll(() => bulkhead.stop());

describe('a rule is refused', () => {
  test.for<[string, Json, [number, string, string]]>([
    ['with bits behind the prefix', { cidrs: ['203.0.113.1/24'] }, [400, 'request.invalid', '/cidrs/0']],
    ['with IPv4 in the notation of IPv6', { cidrs: ['::ffff:203.0.113.0/120'] }, [400, 'request.invalid', '/cidrs/0']],
    ['without a range or a host', { cidrs: [] }, [400, 'request.invalid', '/cidrs']],
    ['with an empty list of environments', { environments: [] }, [400, 'request.invalid', '/environments']],
    [
      'that denies ingress from everywhere',
      { direction: 'ingress', action: 'deny', cidrs: ['203.0.113.0/24', '0.0.0.0/0'] },
      [400, 'request.invalid', '/cidrs/1'],
    ],
    [
      'that denies ingress from everywhere in halves',
      { direction: 'ingress', action: 'deny', cidrs: ['::/1', '8000::/1'] },
      [400, 'request.invalid', '/cidrs/0'],
    ],
    [
      'with ports backwards',
      { ports: [{ port: 80 }, { port: 90, endPort: 80 }] },
      [400, 'request.invalid', '/ports/1/endPort'],
    ],
    [
      'with the end of a range of ports alone',
      { ports: [{ endPort: 80 }] },
      [400, 'request.invalid', '/ports/0/endPort'],
    ],
    ['with port 0', { ports: [{ port: 0 }] }, [400, 'request.invalid', '/ports/0/port']],
    ['with an exception outside of its ranges', { except: ['198.51.100.0/24'] }, [400, 'request.invalid', '/except/0']],
    ['with an exception of all', { except: ['203.0.113.0/25'] }, [400, 'request.invalid', '/except/0']],
    [
      'with exceptions that cover its ranges',
      { except: ['203.0.113.0/26', '203.0.113.64/26'] },
      [422, 'network_rule.no_effect', '/except'],
    ],
    [
      'with a host inside of clusters',
      { cidrs: [], hosts: ['api.prod.svc.cluster.local'] },
      [400, 'request.invalid', '/hosts/0'],
    ],
    ['with an address as a host', { cidrs: [], hosts: ['203.0.113.7'] }, [400, 'request.invalid', '/hosts/0']],
    [
      'with a wildcard in the middle',
      { cidrs: [], hosts: ['api.*.example.com'] },
      [400, 'request.invalid', '/hosts/0'],
    ],
    ['with ranges and hosts', { hosts: ['api.example.com'] }, [400, 'request.invalid', '/hosts']],
    [
      'with hosts that call',
      { direction: 'ingress', cidrs: [], hosts: ['api.example.com'] },
      [400, 'request.invalid', '/hosts'],
    ],
    [
      'with hosts in a cluster without a mesh',
      { cidrs: [], hosts: ['api.example.com'], ports: [{ port: 443 }] },
      [422, 'tenant.capability_missing', '/hosts'],
    ],
    [
      'that lies in the cluster',
      { cidrs: ['10.244.7.0/24'], beyondPlan: true },
      [422, 'network_rule.no_effect', '/cidrs'],
    ],
    [
      'that lies in the cluster by NAT64',
      { cidrs: ['64:ff9b::af4:700/120'], beyondPlan: true },
      [422, 'network_rule.no_effect', '/cidrs'],
    ],
    ['for metadata', { cidrs: ['169.254.169.254/32'], beyondPlan: true }, [422, 'network_rule.no_effect', '/cidrs']],
    ['for what the plan denies', { cidrs: ['203.0.113.99/32'] }, [422, 'network_rule.no_effect', '/cidrs']],
    [
      'with an unknown environment',
      { environments: ['main', 'test'] },
      [422, 'network_rule.environment_unknown', '/environments/1'],
    ],
    ['with an end in the past', { expiresAt: '2020-01-01T00:00:00Z' }, [422, 'network_rule.expired', '/expiresAt']],
    [
      'beyond the egress of the plan',
      { cidrs: ['203.0.113.0/24', '203.0.112.0/24'] },
      [422, 'tenant.plan_limit', '/cidrs/1'],
    ],
    ['beyond the ingress of the plan', { direction: 'ingress' }, [422, 'tenant.plan_limit', '/cidrs/0']],
    [
      'beyond the hosts of the plan',
      { cidrs: [], hosts: ['api.example.org'], ports: [{ port: 443 }] },
      [422, 'tenant.plan_limit', '/hosts/0'],
    ],
    [
      'with too many ranges',
      { cidrs: Array.from({ length: 1_001 }, (_, index) => `203.0.${index >> 8}.${index & 255}/32`) },
      [400, 'request.invalid', '/cidrs'],
    ],
    [
      'with too many labels',
      { podSelector: { matchLabels: { a: '1', b: '1', c: '1', d: '1', e: '1' } } },
      [400, 'request.invalid', '/podSelector/matchLabels'],
    ],
    ['without a reason', { reason: ' ' }, [400, 'request.invalid', '/reason']],
  ])('%s', async ([, more, expected]) => {
    const tenant = await rules.newTenant();
    const generation = await rules.generationOf(tenant);
    const answer = await rules.send(tenant, more);
    // Its preview is refused for the same reason, at the same place of its own request.
    const [status, code, pointer] = expected;
    const preview = await bulkhead.api.send('POST', `${tenant}/network-rules/preview`, { create: rule(more) });
    expect(refusal(preview)).toEqual([status, code, `/create${pointer}`]);
    expect(refusal(answer), JSON.stringify(answer.body)).toEqual(expected);
    expect(await rules.generationOf(tenant)).toBe(generation);
  });

  test('that allows, if the plan lets rules only deny', async () => {
    const tenant = await rules.newTenant('denying');
    expect(refusal(await rules.send(tenant))).toEqual([422, 'tenant.plan_limit', '/action']);
    expect((await rules.send(tenant, { action: 'deny' })).status).toBe(202);
  });

  test('if it is one more than the plan allows; those beyond the plan and expired ones do not count', async () => {
    const tenant = await rules.newTenant();
    const made = [
      await rules.send(tenant),
      await rules.send(tenant),
      await rules.send(tenant, { expiresAt: inHours(1) }),
    ];
    expect((await rules.send(tenant, { cidrs: ['198.51.99.0/24'], beyondPlan: true })).status).toBe(202);
    expect(refusal(await rules.send(tenant))).toEqual([422, 'tenant.plan_limit', '']);
    const id = String(made[2]?.body['id']);
    const change = { reason: 'A rule that exists can change.' };
    expect((await bulkhead.api.send('PATCH', `${tenant}/network-rules/${id}`, change)).status).toBe(202);
    await bulkhead.database.query(
      "UPDATE network_rules SET expires_at = now() - interval '1 s' WHERE expires_at IS NOT NULL",
    );
    expect(await bulkhead.api.get(`${tenant}/network-rules/${id}`)).toMatchObject({ outOfForce: { code: 'expired' } });
    expect((await rules.send(tenant)).status).toBe(202);
  });

  test('if the tenant has too many ranges or selectors', async () => {
    const tenant = await rules.newTenant();
    const many = (index: number): string[] =>
      Array.from({ length: 1_000 }, (_, host) => `${index}.${host >> 8}.${host & 255}.0/24`);
    const deny = (more: Json): Promise<ApiAnswer> => rules.send(tenant, { action: 'deny', beyondPlan: true, ...more });
    expect((await deny({ cidrs: many(20) })).status).toBe(202);
    expect((await deny({ cidrs: many(21) })).status).toBe(202);
    expect(refusal(await deny({}))).toEqual([409, 'network_rule.limit', '/cidrs']);
    const other = await rules.newTenant();
    const selected = (app: string): Promise<ApiAnswer> =>
      rules.send(other, { action: 'deny', beyondPlan: true, podSelector: { matchLabels: { app } } });
    for (const app of ['a', 'b', 'c', 'd', 'd']) expect((await selected(app)).status).toBe(202);
    expect(refusal(await selected('e'))).toEqual([409, 'network_rule.limit', '/podSelector']);
  });

  test('while nothing is known about the cluster, and for a tenant that is frozen or being deleted', async () => {
    const tenant = await rules.newTenant();
    await rules.knows(null);
    expect(refusal(await rules.send(tenant))[1]).toBe('service.unavailable');
    await rules.knows();
    const hold = { source: 'admin', effect: 'freeze', reason: 'Evidence.' };
    expect((await bulkhead.api.send('POST', `${tenant}/holds`, hold)).status).toBe(202);
    expect(refusal(await rules.send(tenant))[1]).toBe('tenant.frozen');
    const leaving = await rules.newTenant();
    expect((await bulkhead.api.send('DELETE', leaving)).status).toBe(202);
    expect(refusal(await rules.send(leaving))[1]).toBe('tenant.deleting');
    expect(refusal(await rules.send('/v1/tenants/tenant_01kab4x2fqe3n8v6zj5t0w9rsx'))[1]).toBe('tenant.not_found');
  });

  const mesh = {
    kind: 'istio-sidecar',
    version: null,
    controlPlaneNamespace: 'istio-system',
    trustDomain: 'cluster.local',
    revision: null,
    gatewayIdentity: null,
    monitoringIdentity: null,
  };

  test('for callers without a certificate, whom the proxies of a mesh would refuse', async () => {
    const tenant = await rules.newTenant();
    await rules.knows({ mesh });
    const ingress = { direction: 'ingress', cidrs: ['198.18.0.0/16'] };
    expect((await rules.send(tenant)).status).toBe(202);
    expect(refusal(await rules.send(tenant, ingress))).toEqual([422, 'tenant.capability_missing', '/direction']);
    expect((await rules.send(tenant, { ...ingress, action: 'deny' })).status).toBe(202);
    await rules.knows();
    expect((await rules.send(tenant, ingress)).status).toBe(202);
  });

  test.for<[string, Json, Json, [number, string, string] | 202]>([
    ['in sidecars', {}, {}, 202],
    ['in an ambient mesh', { kind: 'istio-ambient' }, {}, [422, 'tenant.capability_missing', '/hosts']],
    ['in Linkerd', { kind: 'linkerd' }, {}, [422, 'tenant.capability_missing', '/hosts']],
    ['without a port', {}, { ports: [] }, [400, 'request.invalid', '/ports']],
    ['on UDP', {}, { ports: [{ port: 443 }, { protocol: 'UDP', port: 443 }] }, [400, 'request.invalid', '/ports/1']],
    ['on a range of ports', {}, { ports: [{ port: 443, endPort: 444 }] }, [400, 'request.invalid', '/ports/0']],
    ['on every port', {}, { ports: [{ protocol: 'TCP' }] }, [400, 'request.invalid', '/ports/0']],
    [
      'for some pods',
      {},
      { podSelector: { matchLabels: { app: 'web' } } },
      [422, 'tenant.capability_missing', '/podSelector'],
    ],
    [
      'by a wildcard, in an unknown version',
      {},
      { hosts: ['*.example.com'] },
      [422, 'tenant.capability_missing', '/hosts/0'],
    ],
    ['by a wildcard', { version: '1.31.1' }, { hosts: ['*.example.com'] }, 202],
    ['that are denied on every port', {}, { action: 'deny', ports: [] }, 202],
  ])('or allowed for hosts %s', async ([, more, request, expected]) => {
    const tenant = await rules.newTenant();
    await rules.knows({ mesh: { ...mesh, ...more } });
    const answer = await rules.send(tenant, {
      cidrs: [],
      hosts: ['api.example.com'],
      ports: [{ port: 443 }],
      ...request,
    });
    if (expected === 202) {
      expect(answer.status, JSON.stringify(answer.body)).toBe(202);
      expect(answer.body['layers']).toEqual([expect.objectContaining({ layer: 'service mesh' })]);
    } else expect(refusal(answer), JSON.stringify(answer.body)).toEqual(expected);
  });

  test('if the tenant has too many hosts', async () => {
    const tenant = await rules.newTenant();
    await rules.knows({ mesh });
    const many = (of: string): Json => ({
      cidrs: [],
      hosts: Array.from({ length: 100 }, (_, index) => `h${index}.${of}.example.com`),
      ports: [{ port: 443 }],
    });
    for (const of of ['a', 'b']) expect((await rules.send(tenant, many(of))).status).toBe(202);
    const one = { cidrs: [], hosts: ['api.example.com'], ports: [{ port: 443 }] };
    expect(refusal(await rules.send(tenant, one))).toEqual([409, 'network_rule.limit', '/hosts']);
  });
});
