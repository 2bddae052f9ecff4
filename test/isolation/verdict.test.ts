import { type Endpoint, judge, type KubernetesObject, Policies, type Port, UnreadableObjectError } from '#isolation';
import { describe, expect, test } from 'vitest';

import { address, namespace, networkPolicy, pod } from './policies.js';

const namespaces = [namespace('x', { team: 'blue', tier: 'gold' }), namespace('y', { team: 'red' }), namespace('z')];
const tcp80: Port = { protocol: 'TCP', port: 80 };
const [web, db] = [{ app: 'web' }, { app: 'db' }];

function verdictOf(policies: readonly KubernetesObject[], from: Endpoint, to: Endpoint, port = tcp80): boolean {
  return judge(Policies.read([...namespaces, ...policies]), from, to, port).allowed;
}

/** Ingress into `x` by these rules. */
const into = (...ingress: object[]): KubernetesObject[] => [
  networkPolicy('x', 'in', { policyTypes: ['Ingress'], ingress }),
];
/** Egress from `x` by these rules. */
const outOf = (...egress: object[]): KubernetesObject[] => [
  networkPolicy('x', 'out', { policyTypes: ['Egress'], egress }),
];

type Row = [title: string, policies: KubernetesObject[], from: Endpoint, to: Endpoint, allowed: boolean, port?: Port];

describe('which directions a policy isolates', () => {
  const open = {};
  test.for<Row>([
    ['no policy: none', [], pod('y'), pod('x'), true],
    ['an empty spec: ingress', [networkPolicy('x', 'p', open)], pod('y'), pod('x'), false],
    ['an empty spec: not egress', [networkPolicy('x', 'p', open)], pod('x'), pod('y'), true],
    [
      'an egress rule: egress as well',
      [networkPolicy('x', 'p', { egress: [{ to: [{ podSelector: {} }] }] })],
      pod('x'),
      pod('y'),
      false,
    ],
    ['an egress rule: ingress all the same', [networkPolicy('x', 'p', { egress: [{}] })], pod('y'), pod('x'), false],
    ['an empty list of egress rules: not egress', [networkPolicy('x', 'p', { egress: [] })], pod('x'), pod('y'), true],
    [
      'only the directions in policyTypes',
      [networkPolicy('x', 'p', { policyTypes: ['Egress'], ingress: [] })],
      pod('y'),
      pod('x'),
      true,
    ],
    ['Egress without rules: egress', [networkPolicy('x', 'p', { policyTypes: ['Egress'] })], pod('x'), pod('y'), false],
    [
      'only pods that it selects',
      [networkPolicy('x', 'p', { podSelector: { matchLabels: db } })],
      pod('y'),
      pod('x', web),
      true,
    ],
    ['only pods of its namespace', [networkPolicy('z', 'p', open)], pod('y'), pod('x'), true],
  ])('%s', ([, policies, from, to, allowed]) => {
    expect(verdictOf(policies, from, to)).toBe(allowed);
  });
});

describe('which peers a rule matches', () => {
  const blue = { namespaceSelector: { matchLabels: { team: 'red' } } };
  const onlyWeb = { podSelector: { matchLabels: web } };
  const where = (key: string, operator: string, ...values: string[]): object => ({
    namespaceSelector: { matchExpressions: [{ key, operator, ...(values.length > 0 && { values }) }] },
  });
  test.for<Row>([
    ['no rules: no peer', into(), pod('x'), pod('x'), false],
    ['one empty rule: all peers', into({}), pod('z'), pod('x'), true],
    ['one empty rule: outside too', into({}), address('198.41.0.4'), pod('x'), true],
    ['no peers: all peers', into({ from: [] }), pod('z'), pod('x'), true],
    ['both selectors in one peer: and', into({ from: [{ ...blue, ...onlyWeb }] }), pod('y', db), pod('x'), false],
    ['both selectors in one peer: and', into({ from: [{ ...blue, ...onlyWeb }] }), pod('x', web), pod('x'), false],
    ['both selectors in one peer: and', into({ from: [{ ...blue, ...onlyWeb }] }), pod('y', web), pod('x'), true],
    ['two peers: or', into({ from: [blue, onlyWeb] }), pod('y', db), pod('x'), true],
    ['two peers: or', into({ from: [blue, onlyWeb] }), pod('x', web), pod('x'), true],
    ['only a pod selector: in the own namespace', into({ from: [onlyWeb] }), pod('y', web), pod('x'), false],
    [
      'an empty selector of namespaces: all of them',
      into({ from: [{ namespaceSelector: {} }] }),
      pod('z'),
      pod('x'),
      true,
    ],
    [
      'selectors: never outside addresses',
      into({ from: [{ namespaceSelector: {} }] }),
      address('198.41.0.4'),
      pod('x'),
      false,
    ],
    ['In', into({ from: [where('team', 'In', 'red', 'green')] }), pod('y'), pod('x'), true],
    ['In: not without the label', into({ from: [where('team', 'In', 'red', 'green')] }), pod('z'), pod('x'), false],
    ['NotIn', into({ from: [where('team', 'NotIn', 'red')] }), pod('y'), pod('x'), false],
    ['NotIn: also without the label', into({ from: [where('team', 'NotIn', 'red')] }), pod('z'), pod('x'), true],
    ['Exists', into({ from: [where('team', 'Exists')] }), pod('z'), pod('x'), false],
    ['DoesNotExist', into({ from: [where('team', 'DoesNotExist')] }), pod('z'), pod('x'), true],
    [
      'the name of a namespace, labelled or not',
      into({ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'nobodys' } } }] }),
      pod('nobodys'),
      pod('x'),
      true,
    ],
    ['both directions must allow', [...outOf({}), networkPolicy('y', 'in', {})], pod('x'), pod('y'), false],
    [
      'policies add to each other',
      [...into(), networkPolicy('x', 'more', { ingress: [{}] })],
      pod('y'),
      pod('x'),
      true,
    ],
  ])('%s', ([, policies, from, to, allowed]) => {
    expect(verdictOf(policies, from, to)).toBe(allowed);
  });

  test('deleting a policy removes its paths and its isolation', () => {
    const all = [...into(), networkPolicy('x', 'more', { ingress: [{}] })];
    expect(verdictOf(all, pod('y'), pod('x'))).toBe(true);
    expect(verdictOf(all.slice(0, 1), pod('y'), pod('x'))).toBe(false);
    expect(verdictOf([], pod('y'), pod('x'))).toBe(true);
  });

  test('pods in the network of their node are neither restricted nor selected', () => {
    const host = { hostNetwork: true, addresses: ['192.0.2.1'] };
    const selected = into({ from: [{ namespaceSelector: {} }] });
    expect(verdictOf(selected, pod('y'), pod('x', {}, host))).toBe(true);
    expect(verdictOf(selected, pod('x', {}, host), pod('x'))).toBe(false);
    expect(verdictOf(into({ from: [{ ipBlock: { cidr: '192.0.2.0/24' } }] }), pod('x', {}, host), pod('x'))).toBe(true);
  });

  test('a pod reaches itself', () => {
    const one = pod('x');
    const { allowed, egress } = judge(Policies.read(into()), one, one, tcp80);
    expect({ allowed, by: egress.decidedBy }).toEqual({ allowed: true, by: 'loopback' });
    expect(verdictOf(into(), one, pod('x'))).toBe(false);
  });
});

describe('which ports a rule matches', () => {
  const on = (...ports: object[]): KubernetesObject[] => into({ ports });
  const listening = pod(
    'x',
    {},
    {
      ports: [
        { name: 'http', protocol: 'TCP', port: 80 },
        { name: 'dns', protocol: 'UDP', port: 53 },
      ],
    },
  );
  test.for<[string, KubernetesObject[], Endpoint, Port, boolean]>([
    ['none: all', on(), pod('x'), { protocol: 'SCTP', port: 7 }, true],
    ['no protocol: TCP', on({ port: 80 }), pod('x'), tcp80, true],
    ['no protocol: TCP', on({ port: 80 }), pod('x'), { protocol: 'UDP', port: 80 }, false],
    ['only a protocol: all its ports', on({ protocol: 'UDP' }), pod('x'), { protocol: 'UDP', port: 9 }, true],
    ['only a protocol: no other', on({ protocol: 'UDP' }), pod('x'), tcp80, false],
    ['a range, its edges included', on({ port: 79, endPort: 80 }), pod('x'), tcp80, true],
    ['a range', on({ port: 81, endPort: 90 }), pod('x'), tcp80, false],
    ['a name, of the destination container', on({ port: 'http' }), listening, tcp80, true],
    ['a name that no container has', on({ port: 'http' }), pod('x'), tcp80, false],
    ['a name of another protocol', on({ port: 'dns' }), listening, { protocol: 'UDP', port: 53 }, false],
    ['a name with its protocol', on({ port: 'dns', protocol: 'UDP' }), listening, { protocol: 'UDP', port: 53 }, true],
    ['any of several', on({ port: 1 }, { port: 80 }), pod('x'), tcp80, true],
  ])('%s', ([, policies, to, port, allowed]) => {
    expect(verdictOf(policies, pod('y'), to, port)).toBe(allowed);
  });

  test('a name means the port of the destination, also for egress', () => {
    const there = pod('y', {}, { ports: [{ name: 'web', protocol: 'TCP', port: 80 }] });
    const here = { ports: [{ name: 'web', protocol: 'TCP' as const, port: 81 }] };
    const policies = outOf({ ports: [{ port: 'web' }] });
    expect(verdictOf(policies, pod('x', {}, here), there)).toBe(true);
    expect(verdictOf(policies, pod('x', {}, here), address('198.41.0.4'))).toBe(false);
  });
});

describe('address blocks', () => {
  const to = (cidr: string, ...except: string[]): KubernetesObject[] => outOf({ to: [{ ipBlock: { cidr, except } }] });
  test.for<[string, KubernetesObject[], string, boolean]>([
    ['contain their edges', to('198.41.0.0/24'), '198.41.0.255', true],
    ['end there', to('198.41.0.0/24'), '198.41.1.0', false],
    ['exclude exceptions', to('0.0.0.0/0', '10.0.0.0/8', '169.254.0.0/16'), '169.254.169.254', false],
    ['contain addresses next to exceptions', to('0.0.0.0/0', '10.0.0.0/8'), '11.0.0.0', true],
    ['of one family contain none of the other', to('0.0.0.0/0'), '2001:db8::1', false],
    ['of IPv6', to('2001:db8::/32', '2001:db8:1::/48'), '2001:db8:2::1', true],
    ['of IPv6 exclude exceptions', to('2001:db8::/32', '2001:db8:1::/48'), '2001:db8:1::1', false],
    ['with bits behind the prefix, as old objects have them', to('198.41.0.77/24'), '198.41.0.4', true],
  ])('%s', ([, policies, ip, allowed]) => {
    expect(verdictOf(policies, pod('x'), address(ip))).toBe(allowed);
  });

  test('can match pods or not, and the verdict reports it', () => {
    const policies = Policies.read(to('10.1.0.0/16'));
    const ask = (addresses: string[], ipBlockMatchesPods: boolean): object => {
      const { allowed, readingsDiffer } = judge(policies, pod('x'), pod('y', {}, { addresses }), tcp80, {
        ipBlockMatchesPods,
      });
      return { allowed, readingsDiffer };
    };
    expect(ask(['10.1.2.3'], true)).toEqual({ allowed: true, readingsDiffer: true });
    expect(ask(['10.1.2.3'], false)).toEqual({ allowed: false, readingsDiffer: true });
    expect(ask(['10.2.2.3'], true)).toEqual({ allowed: false, readingsDiffer: false });
    // Only the range is known: some of its addresses are in the block.
    expect(ask(['10.0.0.0/8'], true)).toEqual({ allowed: true, readingsDiffer: true });
    expect(ask([], false)).toEqual({ allowed: false, readingsDiffer: true });
  });

  test('do not make readings differ if selectors allow the same', () => {
    const both = [...to('10.1.0.0/16'), networkPolicy('x', 'all', { policyTypes: ['Egress'], egress: [{}] })];
    expect(judge(Policies.read(both), pod('x'), pod('y'), tcp80).readingsDiffer).toBe(false);
  });
});

describe('the reason', () => {
  test('lists the rules that allow, by their index', () => {
    const policies = Policies.read([
      ...into({ from: [{ podSelector: {} }] }, {}),
      networkPolicy('x', 'more', { ingress: [{ ports: [{ port: 80 }] }] }),
      networkPolicy('x', 'others', { podSelector: { matchLabels: db }, ingress: [{}] }),
    ]);
    const { ingress, egress } = judge(policies, pod('y'), pod('x'), tcp80);
    const object = (name: string): object => ({ kind: 'NetworkPolicy', namespace: 'x', name });
    expect(ingress).toEqual({
      allowed: true,
      decidedBy: 'NetworkPolicy',
      because: [
        { object: object('in'), rule: 1, effect: 'allows' },
        { object: object('more'), rule: 0, effect: 'allows' },
      ],
    });
    expect(egress).toEqual({ allowed: true, decidedBy: 'default', because: [] });
  });

  test('lists the isolating policies if nothing allows', () => {
    const { ingress } = judge(Policies.read(into({ from: [{ podSelector: {} }] })), pod('y'), pod('x'), tcp80);
    const object = { kind: 'NetworkPolicy', namespace: 'x', name: 'in' };
    expect(ingress).toMatchObject({ allowed: false, because: [{ object, rule: null, effect: 'isolates' }] });
  });
});

describe('objects that cannot be judged', () => {
  test.for<[string, object, RegExp]>([
    [
      'an unknown operator',
      { podSelector: { matchExpressions: [{ key: 'a', operator: 'Like', values: ['b'] }] } },
      /podSelector/,
    ],
    [
      'In without values',
      { podSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: [] }] } },
      /podSelector/,
    ],
    ['an unknown field', { ingress: [{ from: [{ serviceSelector: {} }] }] }, /from\/0/],
    ['an empty peer', { ingress: [{ from: [{}] }] }, /either a block or selectors/],
    [
      'a block with selectors',
      { ingress: [{ from: [{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }] }] },
      /either a block/,
    ],
    ['an invalid block', { ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/33' } }] }] }, /not an address range/],
    ['an invalid exception', { ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['ten'] } }] }] }, /"ten"/],
    ['endPort with a name', { ingress: [{ ports: [{ port: 'http', endPort: 90 }] }] }, /endPort/],
    ['an unknown protocol', { ingress: [{ ports: [{ protocol: 'ICMP' }] }] }, /protocol/],
    ['an unknown direction', { policyTypes: ['Sideways'] }, /policyTypes/],
  ])('%s: the error names the object and the path', ([, spec, place]) => {
    const read = (): unknown => Policies.read([networkPolicy('x', 'odd', spec)]);
    expect(read).toThrow(UnreadableObjectError);
    expect(read).toThrow(/^NetworkPolicy x\/odd cannot be judged: /);
    expect(read).toThrow(place);
  });

  test('policies of other kinds are listed', () => {
    const cilium = {
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      metadata: { namespace: 'x', name: 'l7' },
    };
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'x', name: 'web' } };
    expect(Policies.read([cilium, service]).notJudged).toEqual(['CiliumNetworkPolicy x/l7']);
  });
});
