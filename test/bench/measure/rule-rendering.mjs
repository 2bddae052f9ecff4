import { renderTenant } from '#isolation';
import { planSpecSchema } from '#plans';

import { median, round } from './statistics.mjs';

/** What each of the ranges of a tenant's rules says. */
const RULES = {
  allow: () => ({ action: 'allow', ports: [] }),
  deny: () => ({ action: 'deny', ports: [] }),
  denyPorts: (number) => ({ action: 'deny', ports: [{ protocol: 'TCP', port: 1 + (number % 8) }] }),
};

/**
 * Measures what rendering one tenant costs with so many ranges in its network rules, by what they say, and how large its
 * largest policy is. It needs no cluster.
 */
export function measureRendering({ ranges, rounds, log }) {
  const without = milliseconds(tenantInput([]), rounds);
  const results = Object.entries(RULES).map(([name, rule]) => {
    const input = tenantInput(rulesOf(ranges, rule));
    const result = { msPerTenant: milliseconds(input, rounds), ...sizes(renderTenant(input)) };
    log(`rendering, ${name}: ${result.msPerTenant} ms`);
    return [name, result];
  });
  return { ranges, rounds, withoutRulesMs: without, ...Object.fromEntries(results) };
}

/** Returns the median, without the first runs, which are slow. */
function milliseconds(input, rounds) {
  const times = Array.from({ length: rounds + 10 }, () => {
    const startedAt = performance.now();
    renderTenant(input);
    return performance.now() - startedAt;
  });
  return round(median(times.slice(10)));
}

function sizes(objects) {
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
  const bytes = Math.max(...policies.map((policy) => JSON.stringify(policy).length));
  return { policies: policies.length, largestPolicyKiB: round(bytes / 1024) };
}

/** Returns rules of 20 ranges each, no two of which can be joined. */
function rulesOf(ranges, content) {
  return Array.from({ length: Math.ceil(ranges / 20) }, (_, number) => ({
    id: `rule_${String(number).padStart(4, '0')}`,
    direction: 'egress',
    cidrs: Array.from({ length: Math.min(20, ranges - number * 20) }, (__, index) => {
      const range = number * 20 + index;
      return `20.${range >> 7}.${(range & 127) * 2}.0/24`;
    }),
    hosts: [],
    except: [],
    environments: null,
    podLabels: {},
    beyondPlan: true,
    ...content(number),
  }));
}

function tenantInput(networkRules) {
  return {
    id: 'tenant_01bench',
    slug: 'bench',
    displayName: 'bench',
    plan: {
      id: 'bench',
      version: 1,
      spec: planSpecSchema.parse({ quota: { cpu: '8', memory: '16Gi' }, network: { internetEgress: 'any' } }),
    },
    environments: [{ name: 'main', namespace: 'tn-bench' }],
    members: [],
    networkRules,
    cluster: {
      minorVersion: '1.36',
      dnsServiceIps: ['10.96.0.10'],
      podCidrs: ['10.244.0.0/16'],
      serviceCidrs: ['10.96.0.0/12'],
      nodeCidrs: ['192.0.2.0/24'],
      apiServerEndpoints: { ips: ['198.51.100.7'], port: 6443 },
      gateway: null,
      monitoring: null,
    },
  };
}
