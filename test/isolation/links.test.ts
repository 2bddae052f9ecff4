import { type Endpoint, judge, type KubernetesObject, Policies, renderTenant, type TenantInput } from '#isolation';
import { describe, expect, test } from 'vitest';

import { inMesh, linkBetween, meshKinds } from './meshes.js';
import { builtInPlan, planWith, tenant } from './tenants.js';

const acme = tenant('acme', builtInPlan('team'), ['main', 'dev']);
const beta = tenant('beta', builtInPlan('team'), ['main', 'dev']);
const other = tenant('other', builtInPlan('team'));
const link = linkBetween(acme, beta);

const podIn = (namespace: string, labels: Record<string, string> = {}): Endpoint => {
  return { kind: 'pod', name: namespace, namespace, labels, addresses: ['10.244.3.4'] };
};
const api = podIn('tn-acme', { app: 'api' });

function reaches(objects: readonly KubernetesObject[], from: Endpoint, to: Endpoint, port: number): boolean {
  return judge(Policies.read(objects), from, to, { protocol: 'TCP', port }).allowed;
}

const linked = (each: TenantInput): TenantInput => ({ ...each, links: [link] });
const render = (...tenants: TenantInput[]): KubernetesObject[] => tenants.flatMap(renderTenant);

describe('a link', () => {
  const objects = [...render(linked(acme), linked(beta), other)];

  test('opens its port of its pods to the namespace of the consumer', () => {
    expect(reaches(objects, podIn('tn-beta'), api, 8080)).toBe(true);
    expect(reaches(objects, podIn('tn-beta'), api, 80)).toBe(false);
    expect(reaches(objects, podIn('tn-beta'), podIn('tn-acme'), 8080)).toBe(false);
    expect(reaches(objects, podIn('tn-beta'), podIn('tn-acme-dev', { app: 'api' }), 8080)).toBe(false);
    expect(reaches(objects, podIn('tn-beta-dev'), api, 8080)).toBe(false);
    expect(reaches(objects, podIn('tn-other'), api, 8080)).toBe(false);
    expect(reaches(objects, api, podIn('tn-beta'), 8080)).toBe(false);
  });

  test('needs both sides', () => {
    expect(reaches(render(linked(acme), beta), podIn('tn-beta'), api, 8080)).toBe(false);
    expect(reaches(render(acme, linked(beta)), podIn('tn-beta'), api, 8080)).toBe(false);
  });

  test('is closed while either side is cut off', () => {
    const restriction = { suspended: false, quarantined: true };
    expect(reaches(render({ ...linked(acme), restriction }, linked(beta)), podIn('tn-beta'), api, 8080)).toBe(false);
    expect(reaches(render(linked(acme), { ...linked(beta), restriction }), podIn('tn-beta'), api, 8080)).toBe(false);
  });

  test('is rendered as labelled objects on both sides', () => {
    const ofLink = objects.filter(({ metadata }) => metadata.labels?.['bulkhead.io/link-id'] === link.id);
    expect(ofLink.map(({ kind, metadata }) => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`)).toEqual([
      'NetworkPolicy/tn-acme/link-01acmebeta-provider',
      'NetworkPolicy/tn-beta/link-01acmebeta-consumer',
    ]);
  });
});

test.each(meshKinds)('a link in %s opens the port through which pods of that mesh are reached', (kind) => {
  const objects = render(inMesh(linked(acme), kind), inMesh(linked(beta), kind));
  const port = { 'istio-sidecar': 8080, 'istio-ambient': 15_008, linkerd: 4143 }[kind];
  expect(reaches(objects, podIn('tn-beta'), api, port)).toBe(true);
  expect(reaches(objects, podIn('tn-beta'), podIn('tn-acme'), port)).toBe(false);
  if (port !== 8080) expect(reaches(objects, podIn('tn-beta'), api, 8080)).toBe(false);
});

test.each(meshKinds)('proxies of %s reach their control plane, and no other pod there', (kind) => {
  const spec = planWith({ mesh: { waypoint: true } });
  const objects = render(inMesh(tenant('acme', spec), kind));
  const isLinkerd = kind === 'linkerd';
  const proxy = podIn('tn-acme', isLinkerd ? {} : { 'gateway.networking.k8s.io/gateway-name': 'waypoint' });
  const labels = isLinkerd ? { 'linkerd.io/control-plane-component': 'identity' } : { app: 'istiod' };
  const namespace = isLinkerd ? 'linkerd' : 'istio-system';
  const port = isLinkerd ? 8080 : 15_012;
  expect(reaches(objects, proxy, podIn(namespace, labels), port)).toBe(true);
  expect(reaches(objects, proxy, podIn(namespace, labels), 443)).toBe(false);
  expect(reaches(objects, proxy, podIn(namespace), port)).toBe(false);
});

test('objects of links do not count against the tenant', () => {
  const quota = (input: TenantInput): unknown[] =>
    renderTenant(input)
      .filter(({ metadata }) => metadata.name === 'tenant-quota-access')
      .map((object) => {
        const { hard } = object['spec'] as { hard: Record<string, string> };
        return Number(hard['count/networkpolicies.networking.k8s.io']);
      });
  const [main, dev] = quota(acme) as [number, number];
  expect(quota(linked(acme))).toEqual([main + 1, dev]);
});
