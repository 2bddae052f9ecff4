import { lackingForRule, type NetworkRule, renderTenant, type TenantInput } from '#isolation';
import { containsCidr, hostCidr, parseCidr, type PlanSpecInput, prefixOf } from '#plans';
import { describe, expect, test } from 'vitest';

import { inMesh, type MeshKind, meshKinds } from './meshes.js';
import { rule, verdicts } from './network-rule-cases.js';
import { planWith, tenant } from './tenants.js';

const RANGE = '203.0.113.0/24';
const acme = (
  kind: MeshKind | null,
  mesh: PlanSpecInput['mesh'],
  networkRules: readonly NetworkRule[],
): TenantInput => {
  const plain = { ...tenant('acme', planWith({ mesh, network: { internetEgress: 'any' } })), networkRules };
  return kind === null ? plain : inMesh(plain, kind);
};
const opens = rule({ cidrs: [RANGE] });
const opensUdp = rule({ cidrs: [RANGE], ports: [{ protocol: 'UDP', port: 53 }] });
const letsIn = rule({ cidrs: [RANGE], direction: 'ingress' });
const host = rule({ cidrs: [], hosts: ['api.example.com'] });
const permissive = { egress: 'allow-any', mtls: 'permissive' } as const;

describe('what a rule needs of the cluster', () => {
  test.each<[string, MeshKind | null, PlanSpecInput['mesh'], NetworkRule, string | null]>([
    ['egress, no mesh', null, {}, opens, null],
    ['egress, sidecars that know their hosts', 'istio-sidecar', {}, opens, null],
    ['egress by UDP, sidecars that know their hosts', 'istio-sidecar', {}, opensUdp, null],
    ['egress, sidecars that pass on everything', 'istio-sidecar', { egress: 'allow-any' }, opens, null],
    ['egress, a plan that opts out', 'istio-sidecar', { mode: 'none' }, opens, null],
    ['egress, ambient', 'istio-ambient', {}, opens, null],
    ['egress, Linkerd that knows its hosts', 'linkerd', {}, opens, null],
    ['egress, Linkerd that passes on everything', 'linkerd', { egress: 'allow-any' }, opens, null],
    ['ingress, no mesh', null, {}, letsIn, null],
    ['ingress, strict sidecars', 'istio-sidecar', {}, letsIn, 'mesh.mtls'],
    ['ingress, permissive sidecars', 'istio-sidecar', permissive, letsIn, null],
    ['ingress, strict ambient', 'istio-ambient', {}, letsIn, 'mesh.mtls'],
    ['ingress, permissive ambient', 'istio-ambient', permissive, letsIn, null],
    ['ingress, Linkerd', 'linkerd', {}, letsIn, 'mesh.mtls'],
    ['a host, no mesh', null, {}, host, 'mesh'],
    ['a host, a plan that opts out', 'istio-sidecar', { mode: 'none' }, host, 'mesh'],
    ['a host, sidecars', 'istio-sidecar', {}, host, null],
    ['a host, sidecars that pass on everything', 'istio-sidecar', { egress: 'allow-any' }, host, 'mesh.egress'],
    ['a host for some pods', 'istio-sidecar', {}, { ...host, podLabels: { app: 'web' } }, 'mesh.hosts'],
    ['a host, ambient', 'istio-ambient', {}, host, 'mesh.hosts'],
    ['a host, Linkerd', 'linkerd', {}, host, 'mesh.hosts'],
    ['a wildcard, sidecars', 'istio-sidecar', {}, { ...host, hosts: ['*.example.com'] }, null],
  ])('%s', (_, kind, mesh, asked, capability) => {
    expect(lackingForRule(asked, acme(kind, mesh, []))?.capability ?? null).toBe(capability);
  });
});

test.each([
  ['1.31.0', null],
  ['2.0', null],
  ['1.30.4', 'mesh.hosts'],
  [null, 'mesh.hosts'],
])('a wildcard with Istio %s lacks %s', (version, capability) => {
  const wildcard = { ...host, hosts: ['api.example.com', '*.example.com'] };
  const input = inMesh(acme('istio-sidecar', {}, []), 'istio-sidecar', { version });
  const lacking = lackingForRule(wildcard, input);
  expect(lacking?.capability ?? null).toBe(capability);
  if (lacking !== null) expect(lacking.pointer).toBe('/hosts/1');
});

/** The objects of a kind that are rendered for rules, by name. */
function rendered(kind: MeshKind, of: string, input: Partial<Parameters<typeof acmeWith>[1]>): Record<string, unknown> {
  const objects = renderTenant(acmeWith(kind, input)).filter((each) => each.kind === of);
  return Object.fromEntries(objects.map(({ metadata, ...object }) => [metadata.name, object['spec']]));
}

function acmeWith(
  kind: MeshKind,
  {
    rules = [],
    network = {},
    mesh = {},
  }: { rules?: NetworkRule[]; network?: PlanSpecInput['network']; mesh?: PlanSpecInput['mesh'] },
): TenantInput {
  return inMesh({ ...tenant('acme', planWith({ mesh, network })), networkRules: rules }, kind);
}

const https = [{ protocol: 'TCP', port: 443 }] as const;
const allowing = (hosts: string[], ports: NetworkRule['ports'] = https): NetworkRule =>
  rule({ cidrs: [], hosts, ports });
const denying = (hosts: string[], ports: NetworkRule['ports'] = []): NetworkRule =>
  rule({ cidrs: [], action: 'deny', hosts, ports });

describe('rules about hosts, with sidecars', () => {
  const hostsIn = (...rules: NetworkRule[]): [string[], number[]][] =>
    Object.values(rendered('istio-sidecar', 'ServiceEntry', { rules }))
      .map((spec) => spec as { hosts: string[]; ports: { number: number }[] })
      .map(({ hosts, ports }) => [hosts, ports.map(({ number }) => number)]);

  test('become entries that no other namespace sees, and that proxies resolve themselves', () => {
    const rules = [
      allowing(['b.example.com', 'a.example.com']),
      allowing(['a.example.com'], [{ protocol: 'TCP', port: 80 }]),
    ];
    expect(Object.values(rendered('istio-sidecar', 'ServiceEntry', { rules }))).toEqual([
      {
        hosts: ['a.example.com'],
        exportTo: ['.'],
        location: 'MESH_EXTERNAL',
        resolution: 'DNS',
        ports: [
          { number: 80, name: 'http-80', protocol: 'HTTP' },
          { number: 443, name: 'tls-443', protocol: 'TLS' },
        ],
      },
      expect.objectContaining({ hosts: ['b.example.com'], ports: [{ number: 443, name: 'tls-443', protocol: 'TLS' }] }),
    ]);
    expect(Object.values(rendered('istio-sidecar', 'ServiceEntry', { rules: [allowing(['*.example.com'])] }))).toEqual([
      expect.objectContaining({ hosts: ['*.example.com'], resolution: 'DYNAMIC_DNS' }),
    ]);
  });

  test('are closed by rules that deny, in any order, by name and port', () => {
    const [a, b] = ['a.example.com', 'b.example.com'];
    for (const order of [(rules: NetworkRule[]) => rules, (rules: NetworkRule[]) => rules.toReversed()]) {
      expect(hostsIn(...order([allowing([a, b]), denying([a])]))).toEqual([[[b], [443]]]);
      expect(hostsIn(...order([allowing([a, b]), denying(['*.example.com'])]))).toEqual([]);
      expect(hostsIn(...order([allowing([a]), denying([a], [{ protocol: 'TCP', port: 80 }])]))).toEqual([[[a], [443]]]);
      expect(hostsIn(...order([allowing([a]), denying([a], [{ protocol: 'UDP', port: 443 }])]))).toEqual([
        [[a], [443]],
      ]);
      expect(hostsIn(...order([allowing([a]), denying([a], [{ protocol: 'TCP', port: 400, endPort: 500 }])]))).toEqual(
        [],
      );
      expect(hostsIn(...order([allowing([a]), denying([a], [{ protocol: 'TCP' }])]))).toEqual([]);
      expect(hostsIn(...order([allowing(['*.example.com', 'a.example.org']), denying([a])]))).toEqual([
        [['a.example.org'], [443]],
      ]);
    }
  });

  test('open their ports to the internet alone in the network, and to all pods', () => {
    const ask = verdicts(acmeWith('istio-sidecar', { rules: [allowing(['a.example.com'])] }));
    expect(ask({ address: '93.184.216.34' })).toBe(true);
    expect(ask({ address: '2606:2800:220:1::1' })).toBe(true);
    expect(ask({ address: '93.184.216.34', port: 80 })).toBe(false);
    // HTTP/3 would pass the proxy by.
    expect(ask({ address: '93.184.216.34', protocol: 'UDP' })).toBe(false);
    for (const closed of ['169.254.169.254', '10.1.2.3', '192.168.0.1', '64:ff9b::a9fe:a9fe', 'fd00::1']) {
      expect(ask({ address: closed }), closed).toBe(false);
    }
    const denied = rule({ cidrs: ['93.184.216.0/24'], action: 'deny' });
    const narrowed = verdicts(acmeWith('istio-sidecar', { rules: [allowing(['a.example.com']), denied] }));
    expect(narrowed({ address: '93.184.216.34' })).toBe(false);
    expect(narrowed({ address: '93.184.217.34' })).toBe(true);
  });

  test('open nothing where the mesh cannot tell hosts apart', () => {
    const rules = [allowing(['a.example.com'])];
    for (const input of [
      acmeWith('istio-sidecar', { rules, mesh: { egress: 'allow-any' } }),
      acmeWith('istio-sidecar', { rules, mesh: { mode: 'none' } }),
      acmeWith('istio-ambient', { rules }),
      acmeWith('linkerd', { rules }),
      { ...acmeWith('istio-sidecar', { rules }), cluster: tenant('acme', planWith()).cluster },
    ]) {
      expect(verdicts(input)({ address: '93.184.216.34' })).toBe(false);
      expect(renderTenant(input).filter(({ kind }) => kind === 'ServiceEntry')).toEqual([]);
    }
  });
});

describe('ranges, where proxies pass on only what they know', () => {
  type Filter = { configPatches: { patch: { value: { filter_chain_match: { prefix_ranges: Prefix[] } } } }[] };
  type Prefix = { address_prefix: string; prefix_len: number };
  const prefixes = (input: Parameters<typeof acmeWith>[1]): string[] => {
    const { 'tenant-egress-ranges': filter } = rendered('istio-sidecar', 'EnvoyFilter', input) as Record<
      string,
      Filter
    >;
    const ranges = filter?.configPatches[0]?.patch.value.filter_chain_match.prefix_ranges ?? [];
    return ranges.map(({ address_prefix: address, prefix_len: length }) => `${address}/${length}`);
  };
  const networks = (input: Parameters<typeof acmeWith>[1]): string[] => {
    const { 'tenant-egress-ranges': network } = rendered('linkerd', 'EgressNetwork', input) as Record<
      string,
      { networks: { cidr: string }[] }
    >;
    return (network?.networks ?? []).map(({ cidr }) => cidr);
  };

  test.each([
    ['sidecars', prefixes],
    ['Linkerd', networks],
  ])('are passed on by %s: those of rules and of the plan', (_, ranges) => {
    const tcp = rule({ cidrs: ['203.0.113.0/25', '203.0.113.128/25'], ports: [{ protocol: 'TCP', port: 5432 }] });
    expect(ranges({ rules: [tcp], network: { allowCidrs: ['198.18.0.0/15'] } })).toEqual([
      '198.18.0.0/15',
      '203.0.113.0/24',
    ]);
    expect(ranges({ network: { allowCidrs: ['2001:db8::/32'] } })).toEqual(['2001:db8::/32']);
    // UDP never meets a proxy; denials are up to the network policies; other plans know what they pass on themselves.
    const udp = rule({ cidrs: ['203.0.113.0/24'], ports: [{ protocol: 'UDP', port: 53 }] });
    expect(ranges({ rules: [udp, rule({ cidrs: ['203.0.113.0/24'], action: 'deny' })] })).toEqual([]);
    expect(ranges({ rules: [tcp], mesh: { egress: 'allow-any' } })).toEqual([]);
    expect(ranges({ network: { internetEgress: 'any' } })).toEqual([]);
    expect(ranges({ rules: [rule({ cidrs: ['203.0.113.0/24'], except: ['203.0.113.0/25'] })] })).toEqual([
      '203.0.113.128/25',
    ]);
  });

  test.each([
    ['sidecars', prefixes],
    ['Linkerd', networks],
  ])('never contain for %s what is always closed, nor all addresses at once', (_, ranges) => {
    const found = ranges({ rules: [rule({ cidrs: ['0.0.0.0/0', '::/0'] })] }).map(parseCidr);
    expect(found.length).toBeGreaterThan(10);
    for (const closed of ['169.254.169.254', '64:ff9b::a9fe:a9fe', '10.244.1.1', '10.96.0.1'].map(hostCidr)) {
      expect(
        found.filter((range) => containsCidr(range, closed)),
        closed.text,
      ).toEqual([]);
    }
    expect(found.some((range) => containsCidr(range, hostCidr('93.184.216.34')))).toBe(true);
    expect(Math.min(...found.map(prefixOf))).toBeGreaterThan(0);
  });

  test('are not passed on in an ambient mesh, whose proxies do so by themselves, nor while the tenant is cut off', () => {
    const input = acmeWith('istio-sidecar', { network: { allowCidrs: ['203.0.113.0/24'] } });
    expect(renderTenant(input).some(({ metadata }) => metadata.name === 'tenant-egress-ranges')).toBe(true);
    const restriction = { suspended: false, quarantined: true };
    expect(
      renderTenant({ ...input, restriction }).some(({ metadata }) => metadata.name === 'tenant-egress-ranges'),
    ).toBe(false);
    const ambient = acmeWith('istio-ambient', { network: { allowCidrs: ['203.0.113.0/24'] } });
    expect(renderTenant(ambient).some(({ metadata }) => metadata.name === 'tenant-egress-ranges')).toBe(false);
  });
});

describe.each(meshKinds)('in %s', (kind) => {
  test('a rule that denies holds', () => {
    const deny = rule({ action: 'deny', cidrs: [RANGE] });
    expect(verdicts(acme(kind, {}, []))({ address: '203.0.113.9' })).toBe(true);
    expect(verdicts(acme(kind, {}, [deny]))({ address: '203.0.113.9' })).toBe(false);
  });

  test('a rule that the proxies would not follow opens nothing in the network either', () => {
    const asked = { direction: 'ingress', address: '203.0.113.9' } as const;
    expect(verdicts(acme(kind, {}, [letsIn]))(asked)).toBe(false);
    expect(verdicts(acme(kind, permissive, [letsIn]))(asked)).toBe(kind !== 'linkerd');
  });
});
