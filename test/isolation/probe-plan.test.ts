import { type ProbePlan, probePlan, renderNetwork } from '#isolation';
import { expect, test } from 'vitest';

import { namespace, networkPolicy } from './policies.js';
import { rule } from './network-rule-cases.js';
import { builtInPlan, planWith, tenant } from './tenants.js';

const everywhere = { namespaces: null, podCidrs: ['10.244.0.0/16'], mostPods: 200 };

/** Returns the expected results of one connection. */
function expected(plan: ProbePlan, from: string, to: string, protocol: string, port: number): string[] {
  return plan.expectations
    .filter((each) => each.from === from && each.to === to && each.protocol === protocol && each.port === port)
    .map(({ expect: answer }) => answer);
}

/** Returns the probe with these labels in a namespace, as "namespace/name". */
function probe(plan: ProbePlan, place: string, labels: Record<string, string> = {}): string {
  const found = plan.pods.find(
    (pod) => pod.namespace === place && JSON.stringify(pod.labels) === JSON.stringify(labels),
  );
  if (found === undefined) throw new Error(`No probe with ${JSON.stringify(labels)} in ${place}.`);
  return `${found.namespace}/${found.name}`;
}

test('a plan for tenants has their pods, those of the platform, and imitations of them', () => {
  const objects = ['acme', 'evil'].flatMap((slug) => renderNetwork(tenant(slug, builtInPlan('team'))));
  const plan = probePlan(objects, everywhere);
  expect(plan.namespaces.map(({ name }) => name)).toEqual([
    'bulkhead-probe-nobody',
    'ingress',
    'kube-system',
    'monitoring',
    'tn-acme',
    'tn-evil',
  ]);
  const resolver = { 'k8s-app': 'kube-dns' };
  const acme = probe(plan, 'tn-acme');
  expect(expected(plan, acme, probe(plan, 'kube-system', resolver), 'UDP', 53)).toEqual(['allowed']);
  expect(expected(plan, acme, probe(plan, 'kube-system'), 'UDP', 53)).toEqual(['blocked']);
  expect(expected(plan, acme, probe(plan, 'tn-evil', resolver), 'UDP', 53)).toEqual(['blocked']);
  expect(expected(plan, acme, probe(plan, 'tn-acme', resolver), 'UDP', 53)).toEqual(['allowed']);
  const exposed = probe(plan, 'tn-acme', { 'bulkhead.io/exposed': 'true' });
  expect(expected(plan, probe(plan, 'ingress', { app: 'gateway' }), exposed, 'TCP', 80)).toEqual(['allowed']);
  expect(expected(plan, probe(plan, 'bulkhead-probe-nobody'), exposed, 'TCP', 80)).toEqual(['blocked']);
  expect(expected(plan, acme, acme, 'TCP', 80)).toEqual([]);
  expect(plan.expectations.filter(({ expect: answer }) => answer === 'undefined')).toEqual([]);
  const [pairs, ports] = [plan.pods.length * (plan.pods.length - 1), plan.pods[0]?.ports.length ?? 0];
  expect(plan.expectations).toHaveLength(pairs * ports);
  expect(plan.policies).toHaveLength(objects.length - 2);
});

test('probes listen on every sampled port, with the names that policies use', () => {
  const rule = { ports: [{ port: 'web' }, { port: 'web', protocol: 'UDP' }, { port: 8000, endPort: 8010 }] };
  const plan = probePlan([namespace('x'), networkPolicy('x', 'p', { ingress: [rule] })], everywhere);
  const [pod] = plan.pods;
  expect(pod?.hostNetwork).toBe(false);
  expect(pod?.ports.filter(({ name }) => name !== undefined)).toEqual([{ protocol: 'TCP', port: 20_001, name: 'web' }]);
  expect(pod?.ports.map(({ protocol, port }) => `${protocol}/${port}`)).toEqual(
    expect.arrayContaining(['TCP/7999', 'TCP/8000', 'TCP/8010', 'TCP/8011', 'TCP/40001', 'UDP/40001', 'SCTP/40001']),
  );
  const [from, to] = [probe(plan, 'bulkhead-probe-nobody'), probe(plan, 'x')];
  expect([20_001, 7999, 8000, 8010, 8011].map((port) => expected(plan, from, to, 'TCP', port)[0])).toEqual([
    'allowed',
    'blocked',
    'allowed',
    'allowed',
    'blocked',
  ]);
});

test('a plan expects "undefined" where network plug-ins can differ', () => {
  const objects = [
    namespace('x'),
    networkPolicy('x', 'p', { ingress: [{ from: [{ ipBlock: { cidr: '10.244.0.0/16' } }] }] }),
  ];
  const plan = probePlan(objects, everywhere);
  expect(expected(plan, probe(plan, 'bulkhead-probe-nobody'), probe(plan, 'x'), 'TCP', 80)).toEqual(['undefined']);
});

test('a plan covers only the requested namespaces, and no more probes than the limit', () => {
  const objects = Array.from({ length: 40 }, (_, index) =>
    renderNetwork(tenant(`t${index}`, builtInPlan('team'))),
  ).flat();
  expect(() => probePlan(objects, everywhere)).toThrow(/exceed the limit of 200: name fewer namespaces/);
  const plan = probePlan(objects, { ...everywhere, namespaces: ['tn-t1', 'tn-t2'] });
  expect(plan.namespaces).toHaveLength(6);
  expect(new Set(plan.policies.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['tn-t1', 'tn-t2']));
  expect(() => probePlan(objects, { ...everywhere, namespaces: ['tn-t99'] })).toThrow(/describes the namespace tn-t99/);
});

test('a plan covers the addresses of network rules in both directions, exceptions included', () => {
  const rules = [
    rule({ cidrs: ['203.0.113.0/24'], ports: [{ protocol: 'TCP', port: 5432 }] }),
    rule({ action: 'deny', cidrs: ['203.0.113.64/26'] }),
    rule({ direction: 'ingress', cidrs: ['198.18.0.0/24'], podLabels: { app: 'api' } }),
  ];
  const ruled = { ...tenant('acme', planWith({ network: { internetEgress: 'none' } })), networkRules: rules };
  const plan = probePlan(renderNetwork(ruled), { ...everywhere, namespaces: ['tn-acme'] });
  const found = (direction: string, labels: Record<string, string>, address: string, port: number): string[] =>
    plan.addressExpectations
      .filter((each) => each.direction === direction && each.pod === probe(plan, 'tn-acme', labels))
      .filter((each) => each.address === address && each.protocol === 'TCP' && each.port === port)
      .map(({ expect: answer }) => answer);
  expect(found('egress', {}, '203.0.113.0', 5432)).toEqual(['allowed']);
  expect(found('egress', {}, '203.0.113.0', 443)).toEqual(['blocked']);
  expect(found('egress', {}, '203.0.113.64', 5432)).toEqual(['blocked']);
  expect(found('egress', {}, '198.41.0.4', 5432)).toEqual(['blocked']);
  expect(found('ingress', { app: 'api' }, '198.18.0.0', 443)).toEqual(['allowed']);
  expect(found('ingress', {}, '198.18.0.0', 443)).toEqual(['blocked']);
  const without = probePlan(renderNetwork({ ...ruled, networkRules: [] }), { ...everywhere, namespaces: ['tn-acme'] });
  expect(without.addressExpectations.map(({ address }) => address)).not.toContain('203.0.113.0');
});
