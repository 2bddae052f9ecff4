import { judgeMesh, type KubernetesObject, type MeshCall, renderTenant, UnreadableObjectError } from '#isolation';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { acme, ask, beta, evil, link, world } from './mesh-world.js';
import { inMesh, linkBetween } from './meshes.js';
import { planWith, tenant } from './tenants.js';

const there = world('linkerd');
const own = { namespace: 'tn-acme', serviceAccount: 'default' };
const pod = { namespace: 'tn-acme' };

const policy = (kind: string, name: string, spec: object): KubernetesObject => ({
  apiVersion: `policy.linkerd.io/${kind === 'Server' ? 'v1beta3' : 'v1alpha1'}`,
  kind,
  metadata: { name, namespace: 'tn-acme' },
  spec,
});
const server = (spec: object = {}): KubernetesObject =>
  policy('Server', 'web', { podSelector: {}, port: 7000, ...spec });
const allow = (requiredAuthenticationRefs: object[], targetRef: object = { kind: 'Namespace', name: 'tn-acme' }) =>
  policy('AuthorizationPolicy', 'allow', { targetRef, requiredAuthenticationRefs });
const meshTls = (spec: object): KubernetesObject => policy('MeshTLSAuthentication', 'known', spec);
const networks = (...cidrs: string[]): KubernetesObject =>
  policy('NetworkAuthentication', 'near', { networks: cidrs.map((cidr) => ({ cidr })) });
const known = { group: 'policy.linkerd.io', kind: 'MeshTLSAuthentication', name: 'known' };
const near = { group: 'policy.linkerd.io', kind: 'NetworkAuthentication', name: 'near' };
const everyone = meshTls({ identities: ['*'] });
const namespace: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'tn-acme', annotations: { 'config.linkerd.io/default-inbound-policy': 'deny' } },
};

function verdict(objects: KubernetesObject[], identity: MeshCall['identity'], address?: string): boolean {
  const call: MeshCall = { identity, to: { namespace: 'tn-acme', labels: {} }, port: 7000 };
  return judgeMesh([namespace, ...objects], there.mesh, { ...call, ...(address !== undefined && { address }) }).allowed;
}

describe('a policy of Linkerd', () => {
  test('for a whole namespace applies only to ports of Servers', () => {
    expect(verdict([allow([known]), everyone], own)).toBe(false);
    expect(verdict([server(), allow([known]), everyone], own)).toBe(true);
  });

  test('needs all its authentications, and a missing one closes', () => {
    const both = [server(), allow([known, near]), everyone, networks('10.1.0.0/16')];
    expect(verdict(both, own, '10.1.2.3')).toBe(true);
    expect(verdict(both, own, '10.2.2.3')).toBe(false);
    expect(verdict(both, null, '10.1.2.3')).toBe(false);
    expect(verdict([server(), allow([known, near]), everyone], own, '10.1.2.3')).toBe(false);
    expect(verdict([server(), allow([known])], own)).toBe(false);
  });

  test('without an authentication lets everyone in, so none is rendered', () => {
    expect(verdict([server(), allow([])], null)).toBe(true);
    const rendered = there.objects.filter(({ kind }) => kind === 'AuthorizationPolicy');
    const refs = rendered.map(
      (object) => (object['spec'] as { requiredAuthenticationRefs: object[] }).requiredAuthenticationRefs,
    );
    expect(refs.every(({ length }) => length > 0)).toBe(true);
  });

  test('for a namespace matches its full name', () => {
    const ofNamespace = [server(), allow([known]), meshTls({ identityRefs: [{ kind: 'Namespace', name: 'acme' }] })];
    expect(verdict(ofNamespace, { namespace: 'acme', serviceAccount: 'x' })).toBe(true);
    expect(verdict(ofNamespace, { namespace: 'evil-acme', serviceAccount: 'x' })).toBe(false);
    expect(verdict(ofNamespace, { namespace: 'acme-evil', serviceAccount: 'x' })).toBe(false);
  });

  test.each([
    ['a Server with an unknown access policy', server({ accessPolicy: 'dney' })],
    ['a Server on port 70000', server({ port: 70_000 })],
    ['an invalid network', networks('10.0.0.0/33')],
    ['a target of another kind', allow([known], { group: 'apps', kind: 'Deployment', name: 'web' })],
  ])('is rejected even if its definition accepts it: %s', (_, object) => {
    expect(() => verdict([server(), object], own)).toThrow(UnreadableObjectError);
  });
});

describe('the objects for Linkerd', () => {
  test('namespaces join through annotations, and deny by default', () => {
    const { labels, annotations } = renderTenant(inMesh(acme, 'linkerd'))[0]?.metadata ?? {};
    expect(annotations).toMatchObject({
      'linkerd.io/inject': 'enabled',
      'config.linkerd.io/default-inbound-policy': 'deny',
    });
    expect(Object.keys(labels ?? {}).filter((key) => key.includes('linkerd'))).toEqual([]);
  });

  test('each port of a pod has exactly one Server, whatever links there are', () => {
    const gamma = tenant('gamma', planWith());
    const links = [
      link,
      linkBetween(acme, gamma),
      linkBetween(acme, evil, {
        provider: { tenantId: acme.id, namespace: 'tn-acme', service: 'db', podLabels: { app: 'db', tier: 'data' } },
        ports: [{ port: 8080, targetPort: 8080 }],
      }),
    ];
    const objects = renderTenant(inMesh({ ...acme, links }, 'linkerd'));
    const servers = objects.filter((object) => object.kind === 'Server' && object.metadata.namespace === 'tn-acme');
    const labels = fc.dictionary(
      fc.constantFrom('app', 'tier', 'bulkhead.io/exposed'),
      fc.constantFrom('api', 'db', 'data', 'true'),
    );
    fc.assert(
      fc.property(labels, (own_) => {
        const call = { identity: null, to: { namespace: 'tn-acme', labels: own_ }, port: 8080 };
        // If no policy allows a caller, the Servers of the port decide.
        expect(judgeMesh(servers, there.mesh, call).because).toHaveLength(1);
      }),
    );
  });

  test('no Server has an empty selector, next to which Linkerd refuses any other for the port', () => {
    const plain = renderTenant(inMesh(tenant('acme', planWith()), 'linkerd'));
    for (const object of [...plain, ...there.objects].filter(({ kind }) => kind === 'Server')) {
      const { podSelector } = object['spec'] as { podSelector: object };
      expect(Object.keys(podSelector)).not.toEqual([]);
    }
  });

  test('HTTP is not detected on ports of databases whose server speaks first', () => {
    const protocols = new Map(
      there.objects
        .filter(({ kind }) => kind === 'Server')
        .map((object) => object['spec'] as { port: number; proxyProtocol: string })
        .map(({ port, proxyProtocol }) => [port, proxyProtocol]),
    );
    expect(protocols.get(3306)).toBe('opaque');
    expect(protocols.get(5432)).toBe('opaque');
    expect(protocols.get(8080)).toBe('unknown');
  });

  test.for([27_017, 9092, 5672, 6379])('port %d of a tenant is open to itself by default', (port) => {
    expect(ask(there, own, pod, port).through).toBe(true);
  });

  test('a plan says on which ports pods can be called, and no other tenant can', () => {
    const spec = planWith({ mesh: { ports: [4222, 61_616] } });
    const with_ = world('linkerd', [tenant('acme', spec), beta]);
    const stranger = { namespace: 'tn-beta', serviceAccount: 'default' };
    for (const port of [4222, 61_616]) {
      expect(ask(with_, own, pod, port).through).toBe(true);
      expect(ask(with_, stranger, pod, port).mesh).toBe(false);
    }
    expect(ask(with_, own, pod, 27_017).mesh).toBe(false);
  });

  test('ports that workloads of the plan declare have Servers', () => {
    const container = {
      name: 'web',
      image: 'x',
      ports: [{ containerPort: 7777 }, { containerPort: 53, protocol: 'UDP' }],
    };
    const manifest = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { template: { spec: { containers: [container] } } },
    };
    const spec = planWith({ workloads: [{ name: 'web', manifest }] });
    const with_ = world('linkerd', [tenant('acme', spec), beta]);
    expect(ask(with_, own, pod, 7777).through).toBe(true);
    expect(ask(with_, own, pod, 53).mesh).toBe(false);
  });

  test('no route is attached to a Server: kubelets would lose their probes', () => {
    expect(there.objects.filter(({ kind }) => kind.endsWith('Route'))).toEqual([]);
    const call: MeshCall = { identity: null, to: { namespace: 'tn-acme', labels: {} }, port: 4191 };
    expect(judgeMesh(there.objects, there.mesh, { ...call, address: '192.0.2.7' }).allowed).toBe(true);
    expect(judgeMesh(there.objects, there.mesh, { ...call, address: '10.244.3.4' }).allowed).toBe(false);
  });
});
