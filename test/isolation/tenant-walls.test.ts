import {
  judge,
  type KubernetesObject,
  openPaths,
  platformPlaces,
  Policies,
  renderNetwork,
  renderTenant,
  samplePorts,
  type TenantInput,
  tenantPlace,
} from '#isolation';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { networkPolicy } from './policies.js';
import { builtInPlan, cluster, planWith, tenant } from './tenants.js';

const tenants = [
  tenant('acme', builtInPlan('team'), ['main', 'dev']),
  tenant('acme-x', builtInPlan('regulated')),
  tenant('evil', planWith({ network: { internetEgress: 'any', ingressGateway: true, kubeApi: true } }), [
    'main',
    'dev',
  ]),
  tenant('free', builtInPlan('free')),
  { ...tenant('cut', builtInPlan('team')), restriction: { suspended: false, quarantined: true } },
];
const rendered = tenants.flatMap(renderTenant);
const places = [...tenants.map((each) => tenantPlace(each, cluster)), ...platformPlaces(cluster)];
const ids = new Set(tenants.map(({ id }) => id));

/** Returns paths from one tenant to another, as "from to". */
function crossings(objects: readonly KubernetesObject[], ipBlockMatchesPods: boolean): string[] {
  const policies = Policies.read(objects);
  return openPaths(policies, places, samplePorts(policies).ports, { ipBlockMatchesPods })
    .links.filter(({ from, to }) => from !== to && ids.has(from) && ids.has(to))
    .map(({ from, to }) => `${from} ${to}`);
}

const podLabels = fc.dictionary(
  fc.constantFrom('app', 'k8s-app', 'bulkhead.io/exposed', 'bulkhead.io/kube-api'),
  fc.constantFrom('true', 'kube-dns', 'gateway', 'web'),
  { maxKeys: 2 },
);
const podSelector = fc.record(
  {
    matchLabels: podLabels,
    matchExpressions: fc.array(
      fc.record({ key: fc.constant('app'), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
      { maxLength: 1 },
    ),
  },
  { requiredKeys: [] },
);

/** A policy that the admission policy on NetworkPolicies lets a tenant write: see `checkNetworkPolicies`. */
const admitted = fc.constantFrom(...tenants).chain((owner: TenantInput) =>
  fc.constantFrom(...owner.environments).chain(({ namespace }) => {
    const own = fc.constantFrom<Record<string, string>>(
      { 'bulkhead.io/tenant-id': owner.id },
      { 'bulkhead.io/tenant-id': owner.id, 'bulkhead.io/environment': 'dev' },
      { 'kubernetes.io/metadata.name': namespace },
    );
    const namespaceSelector = own.map((matchLabels) => ({ matchLabels }));
    const peer = fc.oneof(
      fc.record({ podSelector }),
      fc.record({ namespaceSelector }),
      fc.record({ namespaceSelector, podSelector }),
    );
    const peers = fc.array(peer, { minLength: 1, maxLength: 3 });
    const ports = fc.array(
      fc.constantFrom<object>({ port: 53, protocol: 'UDP' }, { port: 80 }, { port: 1, endPort: 65_535 }),
      { maxLength: 2 },
    );
    const spec = fc.record(
      {
        podSelector,
        policyTypes: fc.subarray(['Ingress', 'Egress']),
        ingress: fc.array(fc.record({ from: peers, ports }), { maxLength: 2 }),
        egress: fc.array(fc.record({ to: peers, ports }), { maxLength: 2 }),
      },
      { requiredKeys: ['podSelector'] },
    );
    return spec.map((content) => networkPolicy(namespace, 'of-the-tenant', content));
  }),
);

test('no tenant reaches another, whatever admitted policies they write', () => {
  fc.assert(
    fc.property(fc.array(admitted, { minLength: 1, maxLength: 8 }), fc.boolean(), (own, blocks) => {
      expect(crossings([...rendered, ...own], blocks)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('a policy that is not admitted would open a path, and without it everything is closed', () => {
  const everyTenant = {
    namespaceSelector: { matchExpressions: [{ key: 'bulkhead.io/tenant-id', operator: 'Exists' }] },
  };
  const traitors = [
    networkPolicy('tn-evil', 'out', { egress: [{ to: [everyTenant] }] }),
    networkPolicy('tn-acme', 'in', { ingress: [{ from: [everyTenant] }] }),
  ];
  expect(crossings([...rendered, ...traitors], true)).toEqual(['tenant_01evil tenant_01acme']);
  expect(crossings(rendered, true)).toEqual([]);
});

test('the order of a tenant’s labels does not matter', () => {
  const objects = renderTenant(tenant('acme', builtInPlan('team'), ['main', 'dev']));
  const reordered = JSON.parse(JSON.stringify(objects), (key, value: unknown) =>
    /abels$/.test(key) ? Object.fromEntries(Object.entries(value as object).reverse()) : value,
  ) as KubernetesObject[];
  const linksOf = (some: readonly KubernetesObject[]): unknown =>
    openPaths(Policies.read(some), places, samplePorts(Policies.read(some)).ports).links;
  expect(linksOf(reordered)).toEqual(linksOf(objects));
});

test('the default deny applies to every pod in both directions, whatever its labels', () => {
  const policies = Policies.read(rendered);
  fc.assert(
    fc.property(
      podLabels,
      fc.constantFrom(...tenants.flatMap(({ environments }) => environments)),
      (labels, { namespace }) => {
        for (const direction of ['ingress', 'egress'] as const) {
          const held = policies.holding({ kind: 'pod', name: '', namespace, labels, addresses: [] }, direction);
          expect(held.NetworkPolicy.map(({ ref }) => ref.name)).toContain('tenant-default-deny');
        }
      },
    ),
  );
});

test('network objects are the same whether rendered alone or with the rest', () => {
  const decides = ({ kind }: KubernetesObject): boolean => ['Namespace', 'NetworkPolicy'].includes(kind);
  const text = (objects: readonly KubernetesObject[]): string[] =>
    objects.map((object) => JSON.stringify(object)).sort();
  for (const each of tenants) expect(text(renderNetwork(each))).toEqual(text(renderTenant(each).filter(decides)));
});

test('a tenant that is cut off reaches nothing and is not reached', () => {
  const policies = Policies.read(rendered);
  const { links } = openPaths(policies, places, samplePorts(policies).ports);
  expect(links.filter(({ from, to }) => [from, to].includes('tenant_01cut'))).toEqual([]);
});

test('a tenant on the plan "team" reaches, and is reached by, exactly these places', () => {
  const policies = Policies.read(rendered);
  const { links } = openPaths(policies, places, samplePorts(policies).ports);
  const text = ({ protocol, port }: { protocol: string; port: number }): string => `${protocol}/${port}`;
  const pathsOf = (own: 'from' | 'to', other: 'from' | 'to'): Record<string, string> =>
    Object.fromEntries(
      links
        .filter((link) => link[own] === 'tenant_01acme')
        .map((link) => [link[other], link.complete ? 'all' : link.ports.map(text).join(' ')]),
    );
  expect(pathsOf('from', 'to')).toEqual({
    tenant_01acme: 'all',
    dns: 'TCP/53 UDP/53',
    'dns-addresses': 'TCP/53 UDP/53',
    internet: 'all',
  });
  expect(pathsOf('to', 'from')).toEqual({
    tenant_01acme: 'all',
    gateway: 'TCP/53 TCP/80 TCP/443 TCP/6443 TCP/9090 TCP/15020 TCP/40001 UDP/53 UDP/40001 SCTP/40001',
    monitoring: 'TCP/9090 TCP/15020',
  });
});

test('all paths between a thousand tenants are found without comparing every pair', () => {
  const many = Array.from({ length: 1000 }, (_, index) => tenant(`t${index}`, builtInPlan('team'), ['main', 'dev']));
  const policies = Policies.read(many.flatMap(renderTenant));
  const all = [...many.map((each) => tenantPlace(each, cluster)), ...platformPlaces(cluster)];
  const { ports } = samplePorts(policies);
  const { links, judged } = openPaths(policies, all, ports);
  const between = links.filter(({ from, to }) => from !== to && from.startsWith('tenant') && to.startsWith('tenant'));
  expect(between).toEqual([]);
  expect(links.filter(({ from, to }) => from === to && from.startsWith('tenant'))).toHaveLength(1000);
  expect(judged).toBeLessThan(1000 * 100 * ports.length);
});

test('the reason for blocked traffic between tenants is the default deny of both', () => {
  const [from, to] = places.map(({ endpoints }) => endpoints[0]);
  if (from === undefined || to === undefined) throw new Error('there are no places');
  const { egress, ingress } = judge(Policies.read(rendered), from, to, { protocol: 'TCP', port: 443 });
  for (const [{ because }, namespace] of [[egress, 'tn-acme'] as const, [ingress, 'tn-acme-x'] as const]) {
    expect(because).toContainEqual({
      object: { kind: 'NetworkPolicy', namespace, name: 'tenant-default-deny' },
      rule: null,
      effect: 'isolates',
    });
  }
});
