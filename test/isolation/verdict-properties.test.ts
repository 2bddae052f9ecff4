import { judge, type KubernetesObject, openPaths, type Place, Policies, type PodEndpoint, type Port } from '#isolation';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { address, clusterPolicy, namespace, networkPolicy, pod } from './policies.js';

const NAMESPACES = ['x', 'y', 'z'];
const labels = fc.dictionary(fc.constantFrom('app', 'team'), fc.constantFrom('a', 'b'), { maxKeys: 2 });
const places = fc.tuple(...NAMESPACES.map((name) => labels.map((own) => namespace(name, own))));

const expression = fc.oneof(
  fc.record({
    key: fc.constantFrom('app', 'team'),
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.uniqueArray(fc.constantFrom('a', 'b'), { minLength: 1 }),
  }),
  fc.record({ key: fc.constantFrom('app', 'team'), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);
const selector = fc.record(
  { matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 1 }) },
  { requiredKeys: [] },
);
const peer = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector: selector }),
  fc.record({ namespaceSelector: selector, podSelector: selector }),
  fc.constantFrom(
    { ipBlock: { cidr: '0.0.0.0/0', except: ['10.1.0.0/16'] } },
    { ipBlock: { cidr: '10.1.2.0/24' } },
    { ipBlock: { cidr: '0.0.0.0/0' } },
  ),
);
const port = fc.constantFrom<object>({ port: 80 }, { protocol: 'UDP' }, { port: 'http' }, { port: 79, endPort: 90 });
const portList = fc.array(port, { maxLength: 2 });
const peerList = fc.array(peer, { maxLength: 3 });
const spec = fc.record(
  {
    podSelector: selector,
    policyTypes: fc.subarray(['Ingress', 'Egress']),
    ingress: fc.array(fc.record({ from: peerList, ports: portList }), { maxLength: 2 }),
    egress: fc.array(fc.record({ to: peerList, ports: portList }), { maxLength: 2 }),
  },
  { requiredKeys: ['podSelector'] },
);
const policy = fc
  .tuple(fc.constantFrom(...NAMESPACES), spec)
  .map(([place, own]) => networkPolicy(place, `policy-${JSON.stringify(own)}`, own));
const policies = fc.array(policy, { maxLength: 6 });

const clusterPeer = fc.oneof(
  selector.map((namespaces) => ({ namespaces })),
  fc
    .tuple(selector, selector)
    .map(([namespaceSelector, podSelector]) => ({ pods: { namespaceSelector, podSelector } })),
);
const clusterRule = fc.record({
  action: fc.constantFrom('Accept', 'Deny', 'Pass'),
  peers: fc.array(clusterPeer, { minLength: 1, maxLength: 2 }),
});
const clusterWide = fc
  .array(
    fc.record({
      tier: fc.constantFrom('Admin', 'Baseline'),
      ingress: clusterRule,
      egress: clusterRule,
      subject: selector,
    }),
    { maxLength: 3 },
  )
  .map((specs) =>
    specs.map(({ tier, ingress, egress, subject }, priority) =>
      clusterPolicy(`cluster-${priority}`, {
        tier,
        priority,
        subject: { namespaces: subject },
        ingress: [{ action: ingress.action, from: ingress.peers }],
        egress: [{ action: egress.action, to: egress.peers }],
      }),
    ),
  );

const endpoint = fc
  .tuple(fc.constantFrom(...NAMESPACES), labels, fc.constantFrom(['10.1.2.3'], ['10.9.2.3'], ['10.1.0.0/16']))
  .map(([place, own, addresses]): PodEndpoint => {
    return pod(place, own, { addresses, ports: [{ name: 'http', protocol: 'TCP', port: 81 }] });
  });
const ports: Port[] = [
  { protocol: 'TCP', port: 80 },
  { protocol: 'TCP', port: 81 },
  { protocol: 'UDP', port: 53 },
];
const question = fc.record({ from: endpoint, to: endpoint, port: fc.constantFrom(...ports), blocks: fc.boolean() });
type Question = typeof question extends fc.Arbitrary<infer T> ? T : never;

function allowed(objects: readonly KubernetesObject[], { from, to, port: on, blocks }: Question): boolean {
  return judge(Policies.read(objects), from, to, on, { ipBlockMatchesPods: blocks }).allowed;
}

/** Reverses every list in a value, and the entries of `matchLabels`. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed).reverse();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [key, reversed(member)] as const)
      .reverse(),
  );
}

test('once a pod is isolated in both directions, another policy only opens paths', () => {
  const isolated = NAMESPACES.map((place) => networkPolicy(place, 'deny', { policyTypes: ['Ingress', 'Egress'] }));
  fc.assert(
    fc.property(places, policies, policy, question, (there, some, one, asked) => {
      const before = [...there, ...isolated, ...some];
      if (allowed(before, asked)) expect(allowed([...before, one], asked)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('the order of policies, rules, peers, ports and labels does not matter', () => {
  fc.assert(
    fc.property(places, policies, question, (there, some, asked) => {
      const objects = [...there, ...some];
      expect(allowed(reversed(objects) as KubernetesObject[], asked)).toBe(allowed(objects, asked));
    }),
    { numRuns: 2000 },
  );
});

test('a verdict that no reading changes is the same under every reading', () => {
  fc.assert(
    fc.property(places, policies, question, (there, some, asked) => {
      const objects = [...there, ...some];
      const { readingsDiffer } = judge(Policies.read(objects), asked.from, asked.to, asked.port);
      const [yes, no] = [true, false].map((blocks) => allowed(objects, { ...asked, blocks }));
      if (!readingsDiffer) expect(yes).toBe(no);
      // NetworkPolicies only allow, so blocks that match pods can only open.
      if (no === true) expect(yes).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('the paths between classes of endpoints are those between the endpoints', () => {
  const endpoints = fc.array(endpoint, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(places, policies, clusterWide, endpoints, (there, some, wide, pods) => {
      const world = Policies.read([...there, ...some, ...wide]);
      const all = [...pods, address('198.41.0.4'), address('10.1.2.9')];
      const each = all.map((one, index): Place => ({
        id: String(index),
        label: '',
        kind: 'platform',
        endpoints: [one],
      }));
      const found = openPaths(world, each, ports).links.map(({ from, to, ports: open, readingsDiffer }) => {
        return { from, to, open, readingsDiffer };
      });
      const expected = all.flatMap((from, a) =>
        all.flatMap((to, b) => {
          if (from.kind === 'address' && to.kind === 'address') return [];
          const verdicts = ports.map((on) => judge(world, from, a === b ? { ...to } : to, on));
          const open = ports.filter((_, index) => verdicts[index]?.allowed === true);
          const readingsDiffer = verdicts.some((verdict) => verdict.readingsDiffer);
          return open.length > 0 || readingsDiffer ? [{ from: String(a), to: String(b), open, readingsDiffer }] : [];
        }),
      );
      const byPair = (x: { from: string; to: string }, y: typeof x): number =>
        x.from.localeCompare(y.from) || x.to.localeCompare(y.to);
      expect(found.sort(byPair)).toEqual(expected.sort(byPair));
    }),
    { numRuns: 1500 },
  );
});
