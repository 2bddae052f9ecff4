import {
  ACCESS_QUOTA_NAME,
  type KubernetesObject,
  networkAnswers,
  type NetworkRule,
  renderNetwork,
  renderTenant,
} from '#isolation';
import { describe, expect, test } from 'vitest';

import { policiesOf, rule, tenantWith, verdicts } from './network-rule-cases.js';

describe('together with a plan', () => {
  test('a rule takes a range from the internet that the plan opens, and its translation by NAT64', () => {
    const verdict = verdicts(
      tenantWith([rule({ action: 'deny', cidrs: ['203.0.113.0/24'] })], { internetEgress: 'any' }),
    );
    expect(verdict({ address: '203.0.113.9' })).toBe(false);
    expect(verdict({ address: '64:ff9b::cb00:7109' })).toBe(false);
    expect(verdict({ address: '203.0.112.9' })).toBe(true);
    expect(verdict({ address: '64:ff9b::cb00:7009' })).toBe(true);
  });

  test('a rule takes a range from those that the plan lists', () => {
    const rules = [rule({ action: 'deny', cidrs: ['203.0.113.0/25'], podLabels: { app: 'db' } })];
    const verdict = verdicts(tenantWith(rules, { allowCidrs: ['203.0.113.0/24'] }));
    expect(verdict({ address: '203.0.113.9' })).toBe(true);
    expect(verdict({ address: '203.0.113.9', labels: { app: 'db' } })).toBe(false);
    expect(verdict({ address: '203.0.113.200', labels: { app: 'db' } })).toBe(true);
  });

  test('what the plan denies stays closed to rules', () => {
    const rules = [rule({ cidrs: ['203.0.113.0/24'] })];
    const verdict = verdicts(tenantWith(rules, { denyCidrs: ['203.0.113.0/25'] }));
    expect(verdict({ address: '203.0.113.9' })).toBe(false);
    expect(verdict({ address: '203.0.113.200' })).toBe(true);
  });

  test('a rule opens no more than the plan lets rules open, unless an operator says so', () => {
    const network = { rules: { egress: ['203.0.113.0/24'], ingress: [] } };
    const within = (more: Partial<NetworkRule>): boolean => {
      const cidrs = more.cidrs ?? ['203.0.113.0/25'];
      const rules = [rule({ beyondPlan: false, ...more, cidrs })];
      const connection = { direction: more.direction ?? 'egress', address: '203.0.113.9' };
      return verdicts(tenantWith(rules, network))(connection);
    };
    expect(within({})).toBe(true);
    expect(within({ cidrs: ['203.0.113.0/25', '203.0.112.0/24'] })).toBe(false);
    expect(within({ cidrs: ['203.0.113.0/25', '203.0.112.0/24'], beyondPlan: true })).toBe(true);
    expect(within({ direction: 'ingress' })).toBe(false);
  });

  test('rules without a selector change one object, and add none', () => {
    const [before, after] = [
      tenantWith([], { internetEgress: 'https' }),
      tenantWith(
        [
          rule({ cidrs: ['203.0.113.0/24'], ports: [{ protocol: 'TCP', port: 5432 }] }),
          rule({ action: 'deny', cidrs: ['198.41.0.0/24'] }),
          rule({ direction: 'ingress', cidrs: ['203.0.113.0/24'] }),
        ],
        { internetEgress: 'https' },
      ),
    ].map((input) => policiesOf(renderTenant(input)));
    const changed = after?.filter((policy, index) => JSON.stringify(policy) !== JSON.stringify(before?.[index]));
    expect(after).toHaveLength(before?.length ?? -1);
    expect(changed?.map(({ metadata }) => metadata.name)).toEqual(['tenant-allow']);
    const { ingress, egress } = changed?.[0]?.['spec'] as { ingress: unknown[]; egress: unknown[] };
    expect(ingress.at(-1)).toEqual({ from: [{ ipBlock: { cidr: '203.0.113.0/24' } }] });
    const https = { to: expect.any(Array) as unknown, ports: [{ protocol: 'TCP', port: 443 }] };
    const postgres = { to: [{ ipBlock: { cidr: '203.0.113.0/24' } }], ports: [{ protocol: 'TCP', port: 5432 }] };
    expect(egress.slice(-2)).toEqual([https, postgres]);
  });

  test('the halves of a range are written as one, and ranges with the same ports as one rule', () => {
    const ports = [{ protocol: 'TCP', port: 5432 } as const];
    const rules = [
      rule({ cidrs: ['203.0.113.0/25'], ports }),
      rule({ cidrs: ['203.0.113.128/25', '198.18.0.0/24'], ports }),
    ];
    const [, allow] = policiesOf(renderTenant(tenantWith(rules)));
    const { egress } = allow?.['spec'] as { egress: unknown[] };
    const to = ['198.18.0.0/24', '203.0.113.0/24'].map((cidr) => ({ ipBlock: { cidr } }));
    expect(egress.at(-1)).toEqual({ to, ports });
  });

  test('the quota leaves room for the policies of rules', () => {
    const room = (rules: readonly NetworkRule[]): number => {
      const objects = renderTenant(tenantWith(rules));
      const quota = objects.find(({ metadata }) => metadata.name === ACCESS_QUOTA_NAME);
      const { hard } = quota?.['spec'] as { hard: Record<string, string> };
      return Number(hard['count/networkpolicies.networking.k8s.io']) - policiesOf(objects).length;
    };
    const selected = ['a', 'b', 'c'].map((app) => rule({ cidrs: ['203.0.113.0/24'], podLabels: { app } }));
    expect(room(selected)).toBe(room([]));
  });
});

describe('an isolation check', () => {
  const rules = [
    rule({ cidrs: ['203.0.113.0/24'], podLabels: { app: 'db' }, ports: [{ protocol: 'TCP', port: 5432 }] }),
    rule({ direction: 'ingress', cidrs: ['198.18.7.0/24'] }),
    rule({ action: 'deny', cidrs: ['203.0.113.128/25'], podLabels: { tier: 'back' } }),
  ];
  const acme = tenantWith(rules, { internetEgress: 'https' });
  const faults = (live: readonly KubernetesObject[]): string[] => {
    const { planned, crossing } = networkAnswers(acme, live, []);
    return [...planned, ...crossing]
      .filter(({ wanted, found }) => wanted !== found)
      .map(({ from, to, found }) => `${from} → ${to}: ${found ? 'open' : 'closed'}`);
  };

  test('finds nothing when the cluster has what the rules ask for', () => {
    expect(faults(renderNetwork(acme))).toEqual([]);
  });

  test('finds the policy of a rule that is missing', () => {
    const live = renderNetwork(acme).filter(({ metadata }) => !metadata.name.startsWith('tenant-rules-'));
    expect(faults(live)).toContain('pod with app=db in tn-acme → 203.0.113.0: closed');
  });

  test('finds that a rule which denies is not in the cluster', () => {
    const live = renderNetwork({ ...acme, networkRules: rules.slice(0, 2) });
    expect(faults(live)).toContain('pod with tier=back in tn-acme → 203.0.113.128: open');
  });

  test('finds that a range from which a rule allows ingress is closed', () => {
    const live = renderNetwork({ ...acme, networkRules: [rules[0], rules[2]].filter((each) => each !== undefined) });
    expect(faults(live)).toContain('198.18.7.0 → pod in tn-acme: closed');
  });
});
