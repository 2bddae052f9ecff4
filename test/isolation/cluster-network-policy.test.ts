import { judge, type KubernetesObject, Policies, type Port, type Verdict } from '#isolation';
import { describe, expect, test } from 'vitest';

import { address, clusterPolicy, namespace, networkPolicy, pod } from './policies.js';

const namespaces = [namespace('x', { team: 'blue' }), namespace('y', { team: 'red' }), namespace('z')];
const tcp80: Port = { protocol: 'TCP', port: 80 };

function judged(policies: readonly KubernetesObject[], from = pod('y'), to = pod('x'), port = tcp80): Verdict {
  return judge(Policies.read([...namespaces, ...policies]), from, to, port);
}

const anyPeer = [{ namespaces: {} }];
const rule = (action: string, more: object = {}): object => ({ action, from: anyPeer, ...more });
const admin = (name: string, priority: number, ...ingress: object[]): KubernetesObject =>
  clusterPolicy(name, { priority, ingress });
const baseline = (...ingress: object[]): KubernetesObject => clusterPolicy('base', { tier: 'Baseline', ingress });
const closed = networkPolicy('x', 'closed', {});
const open = networkPolicy('x', 'open', { ingress: [{}] });

describe('the order of tiers', () => {
  test.for<[string, KubernetesObject[], boolean, string]>([
    ['Admin denies above all', [admin('a', 1, rule('Deny')), open], false, 'Admin'],
    ['Admin accepts above all', [admin('a', 1, rule('Accept')), closed], true, 'Admin'],
    ['Pass leaves it to NetworkPolicies', [admin('a', 1, rule('Pass'), rule('Deny')), open], true, 'NetworkPolicy'],
    [
      'Pass skips the tier, not one policy',
      [admin('a', 1, rule('Pass')), admin('b', 2, rule('Deny')), open],
      true,
      'NetworkPolicy',
    ],
    ['the lower priority is first', [admin('a', 2, rule('Deny')), admin('b', 1, rule('Accept'))], true, 'Admin'],
    ['the first rule is first', [admin('a', 1, rule('Accept'), rule('Deny'))], true, 'Admin'],
    ['NetworkPolicies are final where one selects', [open, baseline(rule('Deny'))], true, 'NetworkPolicy'],
    ['NetworkPolicies are final where one selects', [closed, baseline(rule('Accept'))], false, 'NetworkPolicy'],
    ['Baseline is for pods that none selects', [baseline(rule('Deny'))], false, 'Baseline'],
    ['Pass in Baseline ends at the default', [baseline(rule('Pass'), rule('Deny'))], true, 'default'],
    [
      'no policy decides: allowed',
      [admin('a', 1, rule('Deny', { from: [{ namespaces: { matchLabels: { team: 'green' } } }] }))],
      true,
      'default',
    ],
    [
      'a policy without ingress rules does not apply to ingress',
      [clusterPolicy('a', { egress: [{ action: 'Deny', to: [{ namespaces: { matchLabels: { team: 'green' } } }] }] })],
      true,
      'default',
    ],
  ])('%s', ([, policies, allowed, decidedBy]) => {
    const { ingress } = judged(policies);
    expect({ allowed: ingress.allowed, decidedBy: ingress.decidedBy }).toEqual({ allowed, decidedBy });
  });

  test('the reason names the passing and the deciding rule', () => {
    const { ingress } = judged([admin('a', 1, rule('Accept', { protocols: [{ udp: {} }] }), rule('Pass')), open]);
    expect(ingress.because).toEqual([
      { object: { kind: 'ClusterNetworkPolicy', namespace: null, name: 'a' }, rule: 1, effect: 'passes' },
      { object: { kind: 'NetworkPolicy', namespace: 'x', name: 'open' }, rule: 0, effect: 'allows' },
    ]);
  });

  test('if policies of one priority disagree, readings differ and the verdict errs towards reachable', () => {
    const verdict = judged([admin('a', 1, rule('Deny')), admin('b', 1, rule('Accept'))]);
    expect(verdict).toMatchObject({ allowed: true, readingsDiffer: true });
    expect(judged([admin('a', 1, rule('Deny')), admin('b', 1, rule('Deny'))])).toMatchObject({ readingsDiffer: false });
  });
});

describe('what a rule matches', () => {
  const red = { matchLabels: { team: 'red' } };
  const pods = (labels: Record<string, string>): object => ({
    pods: { namespaceSelector: red, podSelector: { matchLabels: labels } },
  });
  test.for<[string, KubernetesObject[], boolean]>([
    ['subject by namespaces', [clusterPolicy('a', { subject: { namespaces: red }, ingress: [rule('Deny')] })], true],
    [
      'subject by pods',
      [
        clusterPolicy('a', {
          subject: { pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: 'db' } } } },
          ingress: [rule('Deny')],
        }),
      ],
      true,
    ],
    ['peer by pods', [admin('a', 1, rule('Deny', { from: [pods({})] }))], false],
    ['peer by pods: and', [admin('a', 1, rule('Deny', { from: [pods({ app: 'web' })] }))], true],
    ['a number', [admin('a', 1, rule('Deny', { protocols: [{ tcp: { destinationPort: { number: 80 } } }] }))], false],
    [
      'another number',
      [admin('a', 1, rule('Deny', { protocols: [{ tcp: { destinationPort: { number: 81 } } }] }))],
      true,
    ],
    [
      'a range',
      [admin('a', 1, rule('Deny', { protocols: [{ tcp: { destinationPort: { range: { start: 1, end: 80 } } } }] }))],
      false,
    ],
    [
      'another protocol',
      [admin('a', 1, rule('Deny', { protocols: [{ sctp: { destinationPort: { number: 80 } } }] }))],
      true,
    ],
    ['a name', [admin('a', 1, rule('Deny', { protocols: [{ destinationNamedPort: 'http' }] }))], false],
    ['another name', [admin('a', 1, rule('Deny', { protocols: [{ destinationNamedPort: 'https' }] }))], true],
  ])('%s', ([, policies, allowed]) => {
    const to = pod('x', { app: 'web' }, { ports: [{ name: 'http', protocol: 'TCP', port: 80 }] });
    expect(judged(policies, pod('y', { app: 'db' }), to).allowed).toBe(allowed);
  });

  const deny = (...networks: string[]): KubernetesObject[] => [
    clusterPolicy('a', { egress: [{ action: 'Deny', to: [{ networks }] }] }),
  ];

  test('networks match addresses, and pods by their addresses with any plug-in', () => {
    const policies = Policies.read(deny('169.254.169.254/32', '10.0.0.0/8'));
    const ask = (to: Parameters<typeof judge>[2], ipBlockMatchesPods: boolean): object => {
      const { allowed, readingsDiffer } = judge(policies, pod('x'), to, tcp80, { ipBlockMatchesPods });
      return { allowed, readingsDiffer };
    };
    for (const matches of [true, false]) {
      expect(ask(address('169.254.169.254'), matches)).toEqual({ allowed: false, readingsDiffer: false });
      expect(ask(address('198.41.0.4'), matches)).toEqual({ allowed: true, readingsDiffer: false });
      expect(ask(pod('y'), matches)).toEqual({ allowed: false, readingsDiffer: false });
    }
    expect(ask(pod('y', {}, { addresses: ['0.0.0.0/0'] }), true)).toMatchObject({ readingsDiffer: true });
  });

  test('pods in the network of their node are not subjects', () => {
    expect(judged([admin('a', 1, rule('Deny'))], pod('y'), pod('x', {}, { hostNetwork: true })).allowed).toBe(true);
  });

  test('domain names and nodes are not judged exactly: the object is listed, the verdict errs towards reachable', () => {
    const policies = Policies.read([
      clusterPolicy('names', {
        egress: [
          { action: 'Deny', to: [{ nodes: {} }] },
          { action: 'Accept', to: [{ domainNames: ['example.com'] }] },
          { action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] },
        ],
      }),
    ]);
    expect(policies.notJudged).toEqual(['ClusterNetworkPolicy names']);
    expect(judge(policies, pod('x'), address('198.41.0.4'), tcp80).allowed).toBe(true);
    expect(judge(policies, pod('x'), pod('y'), tcp80).allowed).toBe(false);
  });

  test.for<[string, object]>([
    ['an unknown tier', { tier: 'Default' }],
    ['a priority out of range', { priority: 1001 }],
    ['a subject of two kinds', { subject: { namespaces: {}, pods: { namespaceSelector: {}, podSelector: {} } } }],
    ['an unknown peer', { ingress: [rule('Accept', { from: [{ identities: ['a'] }] })] }],
    ['a rule without peers', { ingress: [{ action: 'Deny', from: [] }] }],
    ['an unknown action', { ingress: [rule('Allow')] }],
  ])('%s cannot be judged', ([, spec]) => {
    expect(() => judged([clusterPolicy('odd', spec)])).toThrow(/^ClusterNetworkPolicy odd cannot be judged: /);
  });
});
