import { connectionChanges, type NetworkRule, ruleChanges, type TenantInput } from '#isolation';
import { containsCidr, hostCidr, parseCidr } from '#plans';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type Connection, rule, tenantWith, verdicts } from './network-rule-cases.js';

type Asked = Required<Connection>;
const anyRule: fc.Arbitrary<NetworkRule> = fc
  .record({
    direction: fc.constantFrom('ingress' as const, 'egress' as const),
    action: fc.constantFrom('allow' as const, 'deny' as const),
    cidrs: fc.subarray(['203.0.113.0/24', '203.0.113.64/26', '0.0.0.0/0', '2620:fe::/64'], { minLength: 1 }),
    except: fc.subarray(['203.0.113.7/32']),
    ports: fc.constantFrom([], [{ protocol: 'TCP' as const, port: 443, endPort: 450 }], [{ protocol: 'UDP' as const }]),
    podLabels: fc.constantFrom({}, { app: 'a' }),
    environments: fc.constantFrom(null, ['dev']),
  })
  .map((more) => rule(more));
const rules = fc.array(anyRule, { maxLength: 4 });
const connection: fc.Arbitrary<Asked> = fc.record({
  direction: fc.constantFrom('ingress' as const, 'egress' as const),
  address: fc.constantFrom('203.0.113.7', '203.0.113.65', '203.0.113.1', '9.9.9.9', '2620:fe::fe', '169.254.169.254'),
  protocol: fc.constantFrom('TCP' as const, 'UDP' as const),
  port: fc.constantFrom(443, 449, 5432),
  namespace: fc.constantFrom('tn-acme', 'tn-acme-dev'),
  labels: fc.constantFrom<Record<string, string>>({}, { app: 'a' }),
});
const network = fc.record({ internetEgress: fc.constantFrom('none' as const, 'https' as const, 'any' as const) });

/** How the listed changes say that a connection changes. */
function changeOf(changes: ReturnType<typeof connectionChanges>, asked: Asked): string | null {
  const environment = asked.namespace === 'tn-acme' ? 'main' : 'dev';
  const address = hostCidr(asked.address);
  const found = changes.filter(
    ({ direction, environments, podLabels, ranges }) =>
      direction === asked.direction &&
      environments.includes(environment) &&
      JSON.stringify(podLabels) === JSON.stringify(asked.labels) &&
      ranges.some(
        ({ cidr, except, ports }) =>
          containsCidr(parseCidr(cidr), address) &&
          !except.some((hole) => containsCidr(parseCidr(hole), address)) &&
          (ports.length === 0 ||
            ports.some(
              ({ protocol, port = 1, endPort = port === 1 ? 65_535 : port }) =>
                protocol === asked.protocol && port <= asked.port && asked.port <= endPort,
            )),
      ),
  );
  expect(found.length).toBeLessThan(2);
  return found[0]?.change ?? null;
}

describe('the changes of connections', () => {
  test('are exactly what the policies open and close', () => {
    const seen = new Set<string | null>();
    fc.assert(
      fc.property(
        network,
        network,
        rules,
        rules,
        fc.array(connection, { minLength: 5 }),
        (one, two, old, now, asked) => {
          // Both label sets are listed only if rules select them.
          const selecting = rule({ action: 'deny', cidrs: ['192.0.2.1/32'], podLabels: { app: 'a' } });
          const [before, after] = [
            tenantWith([...old, selecting], one, ['main', 'dev']),
            tenantWith([...now, selecting], two, ['main', 'dev']),
          ];
          const changes = connectionChanges(before, after);
          const [was, is] = [verdicts(before), verdicts(after)];
          for (const each of asked) {
            const wanted = was(each) === is(each) ? null : is(each) ? 'opens' : 'closes';
            expect(changeOf(changes, each), JSON.stringify(each)).toBe(wanted);
            seen.add(wanted);
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(seen).toEqual(new Set([null, 'opens', 'closes']));
  });

  test('are none if nothing changes, and none while the tenant is cut off', () => {
    const [before, after] = [tenantWith([]), tenantWith([rule({ cidrs: ['203.0.113.0/24'] })])];
    expect(connectionChanges(after, after)).toEqual([]);
    const cut = (tenant: TenantInput): TenantInput => ({
      ...tenant,
      restriction: { suspended: true, quarantined: false },
    });
    expect(connectionChanges(cut(before), cut(after))).toEqual([]);
  });

  test('of a hold are everything that is open', () => {
    const tenant = tenantWith([rule({ cidrs: ['203.0.113.0/24'] })], { internetEgress: 'none' });
    const held = { ...tenant, restriction: { suspended: false, quarantined: true } };
    expect(connectionChanges(tenant, held)).toEqual([
      {
        change: 'closes',
        direction: 'egress',
        environments: ['main'],
        podLabels: {},
        ranges: [{ cidr: '203.0.113.0/24', except: [], ports: [] }],
      },
    ]);
  });
});

test('a plan that narrows lists the rules that fall out of force', () => {
  const allowing = rule({ cidrs: ['203.0.113.0/25'], beyondPlan: false });
  const denying = rule({ action: 'deny', cidrs: ['9.9.9.9/32'], beyondPlan: false });
  const exceeding = rule({ cidrs: ['203.0.113.0/25'], beyondPlan: true });
  const own = [allowing, denying, exceeding];
  const [wide, narrow] = [tenantWith(own, { rules: { egress: ['203.0.113.0/24'] } }), tenantWith(own)];
  const detail = expect.stringContaining('lets rules allow egress in no range') as string;
  expect(ruleChanges(wide, narrow)).toEqual([{ id: allowing.id, inForce: false, detail }]);
  expect(ruleChanges(narrow, wide)).toEqual([{ id: allowing.id, inForce: true, detail }]);
  // A rule that is new is none that changes.
  expect(ruleChanges(tenantWith([]), wide)).toEqual([]);
});
