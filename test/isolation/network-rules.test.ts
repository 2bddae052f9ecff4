import { type NetworkRule, renderTenant } from '#isolation';
import { describe, expect, test } from 'vitest';

import { type Connection, policiesOf, rule, tenantWith, verdicts } from './network-rule-cases.js';

interface Family {
  name: string;
  range: string;
  inside: string;
  part: string;
  inPart: string;
  outside: string;
}

const families: Family[] = [
  {
    name: 'IPv4',
    range: '203.0.113.0/24',
    inside: '203.0.113.9',
    part: '203.0.113.128/25',
    inPart: '203.0.113.200',
    outside: '198.41.0.4',
  },
  {
    name: 'IPv6',
    range: '2620:fe::/48',
    inside: '2620:fe::9',
    part: '2620:fe:0:8000::/49',
    inPart: '2620:fe:0:8000::1',
    outside: '2001:503:ba3e::2:30',
  },
];

const table = (['egress', 'ingress'] as const).flatMap((direction) =>
  families.map((family) => [`${direction} over ${family.name}`, direction, family] as const),
);

describe.each(table)('%s', (_, direction, { range, inside, part, inPart, outside }) => {
  const allowed = (rules: readonly NetworkRule[], connection: Connection): boolean =>
    verdicts(tenantWith(rules))({ direction, ...connection });

  test('is closed without a rule', () => {
    expect(allowed([], { address: inside })).toBe(false);
  });

  test('is open to a range that a rule allows, and to nothing else', () => {
    const rules = [rule({ direction, cidrs: [range] })];
    expect(allowed(rules, { address: inside })).toBe(true);
    expect(allowed(rules, { address: inside, protocol: 'UDP', port: 53 })).toBe(true);
    expect(allowed(rules, { address: outside })).toBe(false);
    const opposite = direction === 'egress' ? 'ingress' : 'egress';
    expect(allowed(rules, { address: inside, direction: opposite })).toBe(false);
  });

  test('is closed to the exceptions of a rule', () => {
    const rules = [rule({ direction, cidrs: [range], except: [part] })];
    expect(allowed(rules, { address: inside })).toBe(true);
    expect(allowed(rules, { address: inPart })).toBe(false);
  });

  test('is open on the ports of a rule alone', () => {
    const ports = [{ protocol: 'TCP', port: 5432 } as const, { protocol: 'UDP', port: 5000, endPort: 5010 } as const];
    const rules = [rule({ direction, cidrs: [range], ports })];
    expect(allowed(rules, { address: inside, port: 5432 })).toBe(true);
    expect(allowed(rules, { address: inside, port: 5433 })).toBe(false);
    expect(allowed(rules, { address: inside, protocol: 'UDP', port: 5432 })).toBe(false);
    for (const [port, isOpen] of [
      [4999, false],
      [5000, true],
      [5010, true],
      [5011, false],
    ] as const) {
      expect(allowed(rules, { address: inside, protocol: 'UDP', port }), String(port)).toBe(isOpen);
    }
  });

  test('is open on every port of a protocol that a rule names without ports', () => {
    const rules = [rule({ direction, cidrs: [range], ports: [{ protocol: 'SCTP' }] })];
    expect(allowed(rules, { address: inside, protocol: 'SCTP', port: 36_412 })).toBe(true);
    expect(allowed(rules, { address: inside })).toBe(false);
  });

  test('is closed by a rule that denies, in whatever order', () => {
    const rules = [rule({ direction, cidrs: [range] }), rule({ direction, action: 'deny', cidrs: [part] })];
    for (const order of [rules, rules.toReversed()]) {
      expect(allowed(order, { address: inside })).toBe(true);
      expect(allowed(order, { address: inPart })).toBe(false);
    }
  });

  test('stays open where an exception of a denying rule says so', () => {
    const rules = [
      rule({ direction, cidrs: [range] }),
      rule({ direction, action: 'deny', cidrs: [range], except: [part] }),
    ];
    expect(allowed(rules, { address: inside })).toBe(false);
    expect(allowed(rules, { address: inPart })).toBe(true);
  });

  test('is closed on the denied ports alone', () => {
    const rules = [
      rule({ direction, cidrs: [range] }),
      rule({ direction, action: 'deny', cidrs: [part], ports: [{ protocol: 'TCP', port: 20, endPort: 30 }] }),
    ];
    for (const [port, isOpen] of [
      [19, true],
      [20, false],
      [25, false],
      [30, false],
      [31, true],
    ] as const) {
      expect(allowed(rules, { address: inPart, port }), String(port)).toBe(isOpen);
      expect(allowed(rules, { address: inside, port }), String(port)).toBe(true);
    }
    expect(allowed(rules, { address: inPart, protocol: 'UDP', port: 25 })).toBe(true);
  });

  test('is open only to the pods that a rule selects', () => {
    const rules = [rule({ direction, cidrs: [range], podLabels: { app: 'db', tier: 'back' } })];
    expect(allowed(rules, { address: inside, labels: { app: 'db', tier: 'back', more: 'yes' } })).toBe(true);
    expect(allowed(rules, { address: inside, labels: { app: 'db' } })).toBe(false);
    expect(allowed(rules, { address: inside })).toBe(false);
  });

  test('is closed only to the pods that a denying rule selects, also where another rule selects them', () => {
    const rules = [
      rule({ direction, cidrs: [range] }),
      rule({ direction, cidrs: [outside + (outside.includes(':') ? '/128' : '/32')], podLabels: { app: 'db' } }),
      rule({ direction, action: 'deny', cidrs: [range], podLabels: { tier: 'back' } }),
    ];
    expect(allowed(rules, { address: inside })).toBe(true);
    expect(allowed(rules, { address: inside, labels: { tier: 'back' } })).toBe(false);
    expect(allowed(rules, { address: inside, labels: { tier: 'back', app: 'db' } })).toBe(false);
    expect(allowed(rules, { address: inside, labels: { app: 'db' } })).toBe(true);
    expect(allowed(rules, { address: outside, labels: { app: 'db', tier: 'back' } })).toBe(true);
    expect(allowed(rules, { address: outside, labels: { tier: 'back' } })).toBe(false);
  });

  test('is open in the environments of a rule alone', () => {
    const rules = [rule({ direction, cidrs: [range], environments: ['staging'] })];
    const verdict = verdicts(tenantWith(rules, {}, ['main', 'staging']));
    expect(verdict({ direction, address: inside, namespace: 'tn-acme-staging' })).toBe(true);
    expect(verdict({ direction, address: inside, namespace: 'tn-acme' })).toBe(false);
  });

  test('is closed while the tenant is cut off', () => {
    const rules = [rule({ direction, cidrs: [range] }), rule({ direction, cidrs: [range], podLabels: { app: 'db' } })];
    for (const restriction of [
      { suspended: true, quarantined: false },
      { suspended: false, quarantined: true },
    ]) {
      const cut = { ...tenantWith(rules), restriction };
      expect(verdicts(cut)({ direction, address: inside, labels: { app: 'db' } })).toBe(false);
      expect(policiesOf(renderTenant(cut)).map(({ metadata }) => metadata.name)).toEqual(['tenant-default-deny']);
    }
  });
});

describe('what no plan can open', () => {
  const closed = [
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    'fd00:ec2::254',
    '10.244.1.1',
    '64:ff9b::af4:101',
    '10.96.0.1',
    '192.0.2.1',
    '198.51.100.7',
    'fd00:10:244::1',
    '127.0.0.1',
    '::1',
    'fe80::1',
    'ff02::1',
  ];
  const rules = (['egress', 'ingress'] as const).flatMap((direction) => [
    rule({ direction, cidrs: ['0.0.0.0/0', '::/0'] }),
    rule({ direction, cidrs: ['0.0.0.0/0', '::/0'], podLabels: { app: 'db' } }),
    rule({ direction, cidrs: ['169.0.0.0/8', '10.244.0.0/16', '64:ff9b::/96', 'fd00::/8', '198.51.100.0/24'] }),
  ]);

  test.each(closed)('%s stays closed to rules for everything', (text) => {
    const verdict = verdicts(tenantWith(rules));
    for (const direction of ['egress', 'ingress'] as const) {
      expect(verdict({ direction, address: text })).toBe(false);
      expect(verdict({ direction, address: text, labels: { app: 'db' } })).toBe(false);
    }
  });

  test.each(['203.0.113.9', '198.51.100.8', '10.1.1.1', '2620:fe::9', '64:ff9b::cb00:7109'])(
    'the positive control: %s is open to them',
    (text) => {
      expect(verdicts(tenantWith(rules))({ address: text })).toBe(true);
      expect(verdicts(tenantWith(rules))({ direction: 'ingress', address: text })).toBe(true);
    },
  );
});
