import { type KubernetesObject, renderTenant } from '#isolation';
import { describe, expect, test } from 'vitest';

import { inMesh, linkBetween, type MeshKind, meshKinds } from './meshes.js';
import { builtInPlan, tenant } from './tenants.js';

const groups = /^(security|networking|telemetry)\.istio\.io\/|^policy\.linkerd\.io\/|^gateway\.networking/;

function meshObjects(objects: readonly KubernetesObject[]): string[] {
  return objects
    .filter(({ apiVersion }) => groups.test(apiVersion))
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

describe('the objects of a mesh', () => {
  const input = tenant('acme', builtInPlan('regulated'));
  const names = (kind: MeshKind, restriction?: { suspended: boolean; quarantined: boolean }): string[] =>
    meshObjects(renderTenant({ ...inMesh(input, kind), restriction }));

  test('are these with sidecars', () => {
    expect(names('istio-sidecar')).toEqual([
      'PeerAuthentication/default',
      'AuthorizationPolicy/tenant-default-deny',
      'AuthorizationPolicy/tenant-isolation-guard',
      'Sidecar/default',
      'Telemetry/default',
      'AuthorizationPolicy/tenant-allow-same-tenant',
      'AuthorizationPolicy/tenant-allow-ingress-gateway',
      'AuthorizationPolicy/tenant-allow-monitoring',
      'EnvoyFilter/tenant-egress-ranges',
    ]);
  });

  test('are these in an ambient mesh with a waypoint', () => {
    expect(names('istio-ambient')).toEqual([
      'PeerAuthentication/default',
      'AuthorizationPolicy/tenant-default-deny',
      'AuthorizationPolicy/tenant-isolation-guard',
      'AuthorizationPolicy/tenant-waypoint-default-deny',
      'AuthorizationPolicy/tenant-waypoint-isolation-guard',
      'Telemetry/tenant-waypoint',
      'AuthorizationPolicy/tenant-allow-same-tenant',
      'AuthorizationPolicy/tenant-allow-ingress-gateway',
      'AuthorizationPolicy/tenant-allow-monitoring',
      'Gateway/waypoint',
      'AuthorizationPolicy/tenant-waypoint-allow-same-tenant',
    ]);
  });

  test('include these for Linkerd', () => {
    expect(names('linkerd')).toEqual(
      expect.arrayContaining([
        'Server/tenant-port-4191',
        'EgressNetwork/tenant-egress',
        'EgressNetwork/tenant-egress-ranges',
        'MeshTLSAuthentication/tenant',
        'AuthorizationPolicy/tenant-allow-same-tenant',
        'AuthorizationPolicy/tenant-allow-kubelets',
      ]),
    );
  });

  test.each(meshKinds)('of %s are only restrictions while a tenant is cut off', (kind) => {
    const opening = /allow|^Gateway|TLSAuthentication|NetworkAuthentication/;
    for (const restriction of [
      { suspended: true, quarantined: false },
      { suspended: false, quarantined: true },
    ]) {
      expect(names(kind, restriction).filter((name) => opening.test(name))).toEqual([]);
      expect(names(kind, restriction)).not.toEqual([]);
    }
  });
});

test('no mesh objects are rendered without a mesh, or for a plan that opts out', () => {
  const team = builtInPlan('team');
  const input = tenant('acme', team);
  expect(meshObjects(renderTenant(input))).toEqual([]);
  for (const kind of meshKinds) {
    const without = { ...team, mesh: { ...team.mesh, mode: 'none' as const } };
    const outside = inMesh(tenant('acme', without), kind);
    const cluster = { ...outside.cluster, mesh: null };
    expect(renderTenant(outside)).toEqual(renderTenant({ ...input, plan: outside.plan, cluster }));
  }
});

test.each(meshKinds)(
  'objects of %s share nothing, and do not depend on the order of environments and links',
  (kind) => {
    const spec = {
      ...builtInPlan('regulated'),
      mesh: { ...builtInPlan('regulated').mesh, rateLimit: { requestsPerSecond: 9 } },
    };
    const acme = tenant('acme', spec, ['main', 'dev']);
    const links = ['x', 'y'].map((slug) => linkBetween(acme, tenant(slug, spec)));
    const input = inMesh({ ...acme, links }, kind);
    const objects = renderTenant(input);
    const seen = new Set<object>();
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      expect(seen.has(value)).toBe(false);
      seen.add(value);
      Object.values(value).forEach(visit);
    };
    visit(objects);
    const reordered = { ...input, environments: input.environments.toReversed(), links: links.toReversed() };
    expect(JSON.stringify(renderTenant(reordered))).toBe(JSON.stringify(objects));
    const names = objects.map(({ apiVersion, kind: one, metadata }) =>
      [apiVersion, one, metadata.namespace, metadata.name].join(),
    );
    expect(new Set(names).size).toBe(names.length);
  },
);
