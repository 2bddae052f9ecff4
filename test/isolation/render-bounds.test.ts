import { areRenderable, renderMeshPolicies, renderTenant, type TenantInput, type TenantLink } from '#isolation';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { inMesh, linkBetween, meshKinds } from './meshes.js';
import { planWith, tenant } from './tenants.js';

const labelled = (count: number, start = 0): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`label-${start + index}`, 'v']));

/** A tenant that offers Services by these selectors, each to another tenant. */
function offering(selectors: readonly Record<string, string>[], targetPorts = [8080]): TenantInput {
  const acme = tenant('acme', planWith({ network: { ingressGateway: true }, mesh: {} }));
  const links = selectors.map((podLabels, index): TenantLink => {
    const link = linkBetween(acme, tenant(`other${index}`, planWith()));
    return {
      ...link,
      provider: { ...link.provider, podLabels },
      ports: targetPorts.map((targetPort, port) => ({ port: port + 80, targetPort })),
    };
  });
  return { ...acme, links };
}

/** Selectors of a developer who wants to stop the worker. */
const worst: [string, Record<string, string>[]][] = [
  ['one Service with 9,000 labels', [labelled(9_000)]],
  ['five Services with ten labels each', Array.from({ length: 5 }, (_, index) => labelled(10, index * 10))],
  ['200 Services with a label each', Array.from({ length: 200 }, (_, index) => labelled(1, index))],
];

test.each(worst)('a tenant with %s behind links is refused before its objects fill the memory', (_, selectors) => {
  const acme = offering(selectors);
  expect(areRenderable(acme.links ?? [])).toBe(false);
  const before = process.memoryUsage().heapUsed;
  expect(() => renderTenant(inMesh(acme, 'linkerd'))).toThrow(/"acme" cannot be rendered: the pods are in more than/);
  expect(() => renderMeshPolicies(inMesh(acme, 'linkerd'))).toThrow(/cannot be rendered/);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 1024 * 1024);
});

test('Services that people really have are rendered behind many links', () => {
  const selectors = Array.from({ length: 100 }, (_, index) => ({
    'app.kubernetes.io/name': `service-${index % 20}`,
    'app.kubernetes.io/instance': `release-${index % 20}`,
    'app.kubernetes.io/component': 'server',
  }));
  const acme = offering(selectors);
  expect(areRenderable(acme.links ?? [])).toBe(true);
  for (const kind of meshKinds) expect(renderTenant(inMesh(acme, kind)).length).toBeGreaterThan(100);
});

test('whatever links are accepted together, the objects of all of them are few enough', () => {
  const label = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'), fc.constantFrom('x', 'y'));
  const selector = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => Object.fromEntries(labels));
  const ports = fc.uniqueArray(fc.integer({ min: 8000, max: 8010 }), { minLength: 1, maxLength: 4 });
  let [accepted, refused] = [0, 0];
  fc.assert(
    fc.property(fc.array(selector, { maxLength: 12 }), ports, (selectors, targetPorts) => {
      const acme = offering(selectors, targetPorts);
      const isAccepted = areRenderable(acme.links ?? []);
      if (isAccepted) accepted += 1;
      else refused += 1;
      if (isAccepted) expect(renderTenant(inMesh(acme, 'linkerd')).length).toBeLessThan(2_300);
    }),
    { numRuns: 300 },
  );
  expect(Math.min(accepted, refused)).toBeGreaterThan(10);
});

test('a tenant with more objects than one may have is refused', () => {
  const acme = tenant('acme', planWith());
  const rules = [{ matches: [], backends: [], timeouts: { request: null, backendRequest: null }, retries: null }];
  const route = { environment: 'main', hosts: ['acme.example'], tlsSecret: null, rules };
  const cluster = { ...acme.cluster, knowsGatewayApi: true, sharedGateway: { namespace: 'ingress', name: 'shared' } };
  const withRoutes = (count: number): TenantInput => ({
    ...acme,
    plan: { ...acme.plan, spec: planWith({ network: { ingressGateway: true } }) },
    cluster,
    hosts: ['acme.example'],
    routes: Array.from({ length: count }, (_, index) => ({ ...route, name: `route-${index}` })),
  });
  expect(renderTenant(withRoutes(1_000)).length).toBeGreaterThan(1_000);
  expect(() => renderTenant(withRoutes(20_000))).toThrow(/objects, and 20000 are allowed/);
});
