import { type NetworkRule, rulesAbout, type TenantInput } from '#isolation';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type Connection, rule, tenantWith, verdicts } from './network-rule-cases.js';

const addresses = [
  '203.0.113.7',
  '203.0.113.200',
  '198.51.100.7',
  '169.254.169.254',
  '64:ff9b::cb00:7107',
  '2620:fe::1',
];
type Asked = Required<Connection>;
const anyRule: fc.Arbitrary<NetworkRule> = fc
  .record({
    direction: fc.constantFrom('ingress' as const, 'egress' as const),
    action: fc.constantFrom('allow' as const, 'deny' as const),
    cidrs: fc.subarray(['203.0.113.0/24', '203.0.113.0/25', '0.0.0.0/0', '::/0', '2620:fe::/64'], { minLength: 1 }),
    except: fc.subarray(['203.0.113.7/32', '64:ff9b::/96']),
    ports: fc.constantFrom([], [{ protocol: 'TCP' as const, port: 443 }], [{ protocol: 'UDP' as const }]),
    podLabels: fc.constantFrom({}, { app: 'a' }),
    environments: fc.constantFrom(null, ['dev']),
  })
  .map((more) => rule(more));
const connection: fc.Arbitrary<Asked> = fc.record({
  direction: fc.constantFrom('ingress' as const, 'egress' as const),
  address: fc.constantFrom(...addresses),
  protocol: fc.constantFrom('TCP' as const, 'UDP' as const),
  port: fc.constantFrom(443, 5432),
  namespace: fc.constantFrom('tn-acme', 'tn-acme-dev'),
  labels: fc.constantFrom<Record<string, string>>({}, { app: 'a' }, { app: 'b' }),
});

const about = (tenant: TenantInput, asked: Asked): ReturnType<typeof rulesAbout> => {
  const { direction, address, protocol, port, namespace, labels } = asked;
  return rulesAbout(tenant, { direction, address, port: { protocol, port }, namespace, podLabels: labels });
};

describe('the rules about a connection', () => {
  test('agree with the policies that are rendered from them', () => {
    let decided = { allow: 0, deny: 0 };
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 5 }), connection, (rules, asked) => {
        const tenant = tenantWith(rules, { internetEgress: 'none' }, ['main', 'dev']);
        const found = about(tenant, asked);
        const deciding = new Set(found.filter(({ decides }) => decides).map(({ rule: { action } }) => action));
        expect(deciding.size).toBeLessThan(2);
        // Only rules open addresses under this plan.
        expect(verdicts(tenant)(asked)).toBe(deciding.has('allow'));
        decided = {
          allow: decided.allow + Number(deciding.has('allow')),
          deny: decided.deny + Number(deciding.has('deny')),
        };
      }),
      { numRuns: 2_000, seed: 7 },
    );
    expect(Math.min(decided.allow, decided.deny)).toBeGreaterThan(50);
  });

  test('do not decide about what is always closed', () => {
    const tenant = tenantWith([rule({ cidrs: ['0.0.0.0/0'] })]);
    const asked = { direction: 'egress', protocol: 'TCP', port: 80, namespace: 'tn-acme', labels: {} } as const;
    expect(about(tenant, { ...asked, address: '169.254.169.254' })).toMatchObject([{ decides: false }]);
    expect(about(tenant, { ...asked, address: '203.0.113.7' })).toMatchObject([{ decides: true }]);
  });

  test('are none while the tenant is cut off', () => {
    const tenant = tenantWith([rule({ cidrs: ['0.0.0.0/0'] })]);
    const asked = { direction: 'egress', protocol: 'TCP', port: 80, namespace: 'tn-acme', labels: {} } as const;
    const restriction = { suspended: false, quarantined: true };
    expect(about({ ...tenant, restriction }, { ...asked, address: '203.0.113.7' })).toEqual([]);
  });
});
