import { lackingForRule, type NetworkRule, type TenantInput } from '#isolation';
import { type PlanSpecInput } from '#plans';
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
    ['egress, sidecars that know their hosts', 'istio-sidecar', {}, opens, 'mesh.egress'],
    ['egress by UDP, sidecars that know their hosts', 'istio-sidecar', {}, opensUdp, null],
    ['egress, sidecars that pass on everything', 'istio-sidecar', { egress: 'allow-any' }, opens, null],
    ['egress, a plan that opts out', 'istio-sidecar', { mode: 'none' }, opens, null],
    ['egress, ambient', 'istio-ambient', {}, opens, null],
    ['egress, Linkerd that knows its hosts', 'linkerd', {}, opens, 'mesh.egress'],
    ['egress, Linkerd that passes on everything', 'linkerd', { egress: 'allow-any' }, opens, null],
    ['ingress, no mesh', null, {}, letsIn, null],
    ['ingress, strict sidecars', 'istio-sidecar', {}, letsIn, 'mesh.mtls'],
    ['ingress, permissive sidecars', 'istio-sidecar', permissive, letsIn, null],
    ['ingress, strict ambient', 'istio-ambient', {}, letsIn, 'mesh.mtls'],
    ['ingress, permissive ambient', 'istio-ambient', permissive, letsIn, null],
    ['ingress, Linkerd', 'linkerd', {}, letsIn, 'mesh.mtls'],
    ['a host, no mesh', null, {}, host, 'mesh'],
    ['a host, a plan that opts out', 'istio-sidecar', { mode: 'none' }, host, 'mesh'],
    ['a host, sidecars', 'istio-sidecar', {}, host, 'mesh.hosts'],
  ])('%s', (_, kind, mesh, asked, capability) => {
    expect(lackingForRule(asked, acme(kind, mesh, []))?.capability ?? null).toBe(capability);
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
