import {
  judge,
  judgeMesh,
  type KubernetesObject,
  type MeshCall,
  Policies,
  renderTenant,
  type TenantInput,
} from '#isolation';
import { describe, expect, test } from 'vitest';

import { acme, ask, beta, evil, link, world, type World } from './mesh-world.js';
import { inMesh, meshKinds } from './meshes.js';
import { planWith, tenant } from './tenants.js';

const own = { namespace: 'tn-acme', serviceAccount: 'default' };
const foreign = { namespace: 'tn-acme-evil', serviceAccount: 'client' };
const client = { namespace: 'tn-beta', serviceAccount: 'client' };
const pod = { namespace: 'tn-acme' };
const api = { namespace: 'tn-acme', labels: { app: 'api' } };

const withWaypoint = planWith({ network: { ingressGateway: true }, mesh: { waypoint: true } });
const acmeL7: TenantInput = { ...acme, plan: { ...acme.plan, spec: withWaypoint }, links: [link] };
const ambientL7 = (): World => world('istio-ambient', [acmeL7, { ...beta, links: [link] }, evil]);

const changed = (there: World, change: (object: KubernetesObject) => KubernetesObject[]): World => ({
  ...there,
  objects: there.objects.flatMap(change),
});
const inAcme = ({ metadata }: KubernetesObject): boolean => metadata.namespace === 'tn-acme';
const named = (object: KubernetesObject, name: string): boolean => inAcme(object) && object.metadata.name === name;

function istioPolicy(name: string, spec: object): KubernetesObject {
  const metadata = { name, namespace: 'tn-acme' };
  return { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata, spec };
}
const from = (...sources: object[]): object[] => [{ from: sources.map((source) => ({ source })) }];

function specsOf(objects: readonly KubernetesObject[], kind: string, name?: string): Record<string, unknown>[] {
  return objects
    .filter((object) => object.kind === kind && inAcme(object) && (name === undefined || object.metadata.name === name))
    .map((object) => object['spec'] as Record<string, unknown>);
}

describe.each(['istio-sidecar', 'istio-ambient'] as const)('Istio: %s', (kind) => {
  test('exemptions of the guard in two sources would each refuse what the other exempts', () => {
    const there = world(kind);
    expect(ask(there, client, api, 8080).mesh).toBe(true);
    const split = changed(there, (object) => {
      if (!named(object, 'tenant-isolation-guard')) return [object];
      const [
        {
          from: [{ source }],
        },
      ] = (object['spec'] as Guard).rules;
      const { notNamespaces, notPrincipals } = source;
      return [{ ...object, spec: { action: 'DENY', rules: from({ notNamespaces }, { notPrincipals }) } }];
    });
    expect(ask(split, client, api, 8080).mesh).toBe(false);
    expect(ask(split, own, pod, 8080).mesh).toBe(false);
  });

  test('a name with a trailing star also matches others, so none is used', () => {
    const there = world(kind);
    const starred = changed(there, (object) => {
      if (named(object, 'tenant-isolation-guard')) return [];
      if (!named(object, 'tenant-allow-same-tenant')) return [object];
      return [istioPolicy('tenant-allow-same-tenant', { rules: from({ namespaces: ['tn-acme*'] }) })];
    });
    expect(ask(starred, foreign, pod, 8080).mesh).toBe(true);
    expect(JSON.stringify(specsOf(there.objects, 'AuthorizationPolicy'))).not.toContain('*');
  });

  test('the guard refuses foreigners whatever is allowed, and the default refuses whatever is not', () => {
    const there = world(kind);
    const open = istioPolicy('open', { rules: [{}] });
    const opened = { ...there, objects: [...there.objects, open] };
    expect(ask(opened, foreign, pod, 8080).mesh).toBe(false);
    expect(ask(opened, { namespace: 'tn-acme-evil', serviceAccount: null }, pod, 8080).mesh).toBe(false);
    expect(ask(opened, client, pod, 8080).mesh).toBe(true);
    expect(ask(there, client, pod, 8080).mesh).toBe(false);
  });

  test('without mutual TLS callers have no identity: no rule that allows one matches, rules that deny others do', () => {
    const there = world(kind);
    const plaintext = { namespace: 'tn-acme', serviceAccount: null };
    const without = changed(there, (object) => (object.kind === 'PeerAuthentication' ? [] : [object]));
    expect(ask(without, plaintext, pod, 8080).mesh).toBe(false);
    const unguarded = changed(without, (object) => (named(object, 'tenant-isolation-guard') ? [] : [object]));
    expect(ask(unguarded, plaintext, pod, 8080).mesh).toBe(false);
  });

  test('a plan that accepts plaintext still refuses identified foreigners', () => {
    const spec = planWith({ mesh: { mtls: 'permissive' } });
    const there = world(kind, [tenant('acme', spec), evil]);
    expect(ask(there, { namespace: 'tn-acme', serviceAccount: null }, pod, 8080).through).toBe(true);
    expect(ask(there, { namespace: 'tn-acme-evil', serviceAccount: null }, pod, 8080).through).toBe(false);
    expect(ask(there, foreign, pod, 8080).mesh).toBe(false);
  });

  test('the oldest of several PeerAuthentications applies, and it is ours', () => {
    const there = world(kind);
    const metadata = { name: 'later', namespace: 'tn-acme' };
    const later = { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', metadata };
    const lenient = { ...later, spec: { mtls: { mode: 'PERMISSIVE' } } };
    const verdict = (objects: readonly KubernetesObject[]): boolean => {
      const authentications = objects.filter((object) => object.kind === 'PeerAuthentication');
      const call: MeshCall = { identity: null, to: { namespace: 'tn-acme', labels: {} }, port: 80 };
      return judgeMesh(authentications, there.mesh, call).allowed;
    };
    expect(verdict([...there.objects, lenient])).toBe(false);
    expect(verdict([lenient, ...there.objects])).toBe(true);
  });

  test('no source mixes fields that Istio does not accept together', () => {
    const text = JSON.stringify(specsOf(world(kind).objects, 'AuthorizationPolicy'));
    expect(text).not.toMatch(/serviceAccounts|notServiceAccounts/);
  });
});

interface Guard {
  rules: [{ from: [{ source: { notNamespaces: string[]; notPrincipals: string[] } }] }];
}

describe('Istio: sidecars', () => {
  test('authorization does not cover ports that are not captured, so the network policies do', () => {
    const { objects } = world('istio-sidecar');
    const reaches = (namespace: string, labels: Record<string, string>, port: number): boolean => {
      const endpoint = { kind: 'pod', name: namespace, namespace, labels, addresses: ['10.244.3.4'] } as const;
      const to = { ...endpoint, namespace: 'tn-acme', labels: {} };
      return judge(Policies.read(objects), endpoint, to, { protocol: 'TCP', port }).allowed;
    };
    for (const port of [15_020, 15_021, 15_090]) expect(reaches('tn-acme-evil', {}, port)).toBe(false);
    for (const port of [15_020, 15_090]) expect(reaches('monitoring', { app: 'prometheus' }, port)).toBe(true);
  });

  test('proxies know the services of the tenant, the platform and a link, by full names', () => {
    const hosts = (namespace: string): unknown =>
      world('istio-sidecar').objects.find(
        ({ kind, metadata }) => kind === 'Sidecar' && metadata.namespace === namespace,
      )?.['spec'];
    const dns = 'kube-system/kube-dns.kube-system.svc.cluster.local';
    const outboundTrafficPolicy = { mode: 'REGISTRY_ONLY' };
    expect(hosts('tn-acme')).toEqual({
      outboundTrafficPolicy,
      egress: [{ hosts: ['./*', 'tn-acme-dev/*', 'istio-system/*', dns] }],
    });
    expect(hosts('tn-beta')).toEqual({
      outboundTrafficPolicy,
      egress: [{ hosts: ['./*', 'istio-system/*', dns, 'tn-acme/api.tn-acme.svc.cluster.local'] }],
    });
  });

  test('namespaces have exactly one of the two injection labels', () => {
    const labels = (revision: string | null): Record<string, string> =>
      renderTenant(inMesh(acme, 'istio-sidecar', { revision }))[0]?.metadata.labels ?? {};
    expect(labels('stable')).toMatchObject({ 'istio.io/rev': 'stable' });
    expect(labels('stable')).not.toHaveProperty('istio-injection');
    expect(labels(null)).toMatchObject({ 'istio-injection': 'enabled' });
    expect(labels(null)).not.toHaveProperty('istio.io/rev');
  });
});

describe('Istio: ambient', () => {
  const through = (there: World, identity: MeshCall['identity'], port = 80): boolean => {
    const call = { identity, to: { namespace: 'tn-acme', labels: { app: 'api' } }, port: 8080 };
    return judgeMesh(there.objects, there.mesh, { ...call, service: { name: 'api', port } }).allowed;
  };

  test('a waypoint that no policy names lets everyone in as the tenant', () => {
    const naked = changed(ambientL7(), (object) => {
      const spec = object['spec'] as { targetRefs?: unknown } | undefined;
      return object.kind === 'AuthorizationPolicy' && spec?.targetRefs !== undefined ? [] : [object];
    });
    expect(through(naked, foreign)).toBe(true);
    expect(through(ambientL7(), foreign)).toBe(false);
    expect(through(ambientL7(), own)).toBe(true);
  });

  test('a link opens its port of its Service at the waypoint', () => {
    expect(through(ambientL7(), client)).toBe(true);
    expect(through(ambientL7(), client, 81)).toBe(false);
    expect(through(ambientL7(), { ...client, serviceAccount: 'default' })).toBe(false);
  });

  test('the gateway bypasses the waypoint, where it would look like the tenant', () => {
    expect(through(ambientL7(), { namespace: 'ingress', serviceAccount: 'gateway' })).toBe(false);
    const labels = renderTenant(inMesh(acmeL7, 'istio-ambient'))[0]?.metadata.labels;
    expect(labels).toMatchObject({ 'istio.io/dataplane-mode': 'ambient', 'istio.io/use-waypoint': 'waypoint' });
    expect(
      Object.keys(labels ?? {}).filter((key) => /ingress-use-waypoint|istio-injection|istio.io\/rev/.test(key)),
    ).toEqual([]);
  });

  test('node proxies drop rules about requests that allow, and can drop those that deny', () => {
    const there = world('istio-ambient');
    const to = [{ operation: { methods: ['GET'] } }];
    const allow = istioPolicy('allow', { rules: [{ to }] });
    const deny = istioPolicy('deny', { action: 'DENY', rules: [{ to }] });
    const ofTenant = there.objects.filter(({ kind }) => kind !== 'AuthorizationPolicy');
    expect(ask({ ...there, objects: [...ofTenant, allow] }, own, pod, 8080).mesh).toBe(false);
    expect(ask({ ...there, objects: [...ofTenant, deny] }, own, pod, 8080).mesh).toBe(true);
    expect(
      ask({ ...there, mesh: { ...there.mesh, kind: 'istio-sidecar' }, objects: [...ofTenant, deny] }, own, pod, 8080)
        .mesh,
    ).toBe(false);
    expect(JSON.stringify(specsOf(ambientL7().objects, 'AuthorizationPolicy'))).not.toMatch(
      /methods|paths|hosts|request/,
    );
  });

  test('the objects that Istio creates for the waypoint do not look like Bulkhead’s', () => {
    const [gateway] = specsOf(ambientL7().objects, 'Gateway', 'waypoint') as { infrastructure: { labels: object } }[];
    expect(gateway?.infrastructure.labels).toEqual({
      'istio.io/waypoint-for': 'service',
      'bulkhead.io/tenant': 'tenant_01acme',
    });
  });

  test('kubelets reach pods from the address of their probes', () => {
    const [policy] = specsOf(world('istio-ambient').objects, 'NetworkPolicy', 'tenant-allow-mesh-probes');
    expect(JSON.stringify(policy)).toContain('169.254.7.127/32');
  });
});

test.each(meshKinds)('%s: existing environments let a new one in', (kind) => {
  const wider = { ...acme, environments: [...acme.environments, { name: 'qa', namespace: 'tn-acme-qa' }] };
  const there = world(kind, [wider]);
  for (const { namespace } of acme.environments) {
    expect(ask(there, { namespace: 'tn-acme-qa', serviceAccount: 'x' }, { namespace }, 8080).through).toBe(true);
  }
});

test.each(meshKinds)('%s: no object of a link selects anything by the link id', (kind) => {
  const selectors = world(kind).objects.flatMap((object) => [JSON.stringify(object['spec'] ?? {})]);
  expect(selectors.filter((text) => text.includes('link-id'))).toEqual([]);
});
