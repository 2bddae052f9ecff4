import { judgeMesh, type KubernetesObject, type MeshCall, renderTenant, type TenantInput } from '#isolation';
import { describe, expect, test } from 'vitest';

import { acme, beta, link } from './mesh-world.js';
import { inMesh, type MeshKind, meshKinds } from './meshes.js';
import { planWith } from './tenants.js';

/** Every feature of a mesh that it has. */
function plan(kind: MeshKind): ReturnType<typeof planWith> {
  return planWith({
    network: { ingressGateway: true },
    mesh: {
      waypoint: kind === 'istio-ambient',
      rateLimit: kind === 'istio-ambient' ? null : { requestsPerSecond: 50 },
      telemetry: { accessLogs: true },
    },
  });
}

const meshGroups = /^((security|networking|telemetry)\.istio\.io|policy\.linkerd\.io|gateway\.networking\.k8s\.io)\//;
const isOfMesh = ({ apiVersion }: KubernetesObject): boolean => meshGroups.test(apiVersion);
const titleOf = ({ kind, metadata }: KubernetesObject): string => `${kind}/${metadata.name}`;

const callers: MeshCall['identity'][] = [
  { namespace: 'tn-acme', serviceAccount: 'default' },
  { namespace: 'tn-beta', serviceAccount: 'client' },
  { namespace: 'tn-other', serviceAccount: 'client' },
  { namespace: 'ingress', serviceAccount: 'gateway' },
  { namespace: 'monitoring', serviceAccount: 'prometheus' },
  null,
];
const pods: MeshCall['to']['labels'][] = [
  {},
  { app: 'api' },
  { 'bulkhead.io/exposed': 'true' },
  { app: 'api', 'bulkhead.io/exposed': 'true' },
];

type Judge = (objects: readonly KubernetesObject[]) => string;

/** What the mesh says to every kind of call, as one text. */
function verdicts(input: TenantInput, ports: readonly number[], foreign: readonly KubernetesObject[] = []): Judge {
  const { mesh } = input.cluster;
  if (!mesh) throw new Error('There is no mesh.');
  return (objects) => {
    const all = [...objects, ...foreign];
    const said: boolean[] = [];
    for (const identity of callers) {
      for (const labels of pods) {
        for (const port of ports) {
          const call: MeshCall = { identity, to: { namespace: 'tn-acme', labels }, port };
          said.push(judgeMesh(all, mesh, call).allowed);
          // As a kubelet of that node does.
          said.push(judgeMesh(all, mesh, { ...call, address: '192.0.2.7' }).allowed);
          if (mesh.kind !== 'istio-ambient') continue;
          said.push(judgeMesh(all, mesh, { ...call, service: { name: 'api', port: 80 } }).allowed);
        }
      }
    }
    return said.map(Number).join('');
  };
}

/** Something that a tenant must not be able to write, and that must open nothing all the same. */
function allowsAll(targetRefs?: object[]): KubernetesObject {
  const spec = { ...(targetRefs !== undefined && { targetRefs }), rules: [{}] };
  const metadata = { name: `open-${targetRefs === undefined ? 'pods' : 'waypoint'}`, namespace: 'tn-acme' };
  return { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata, spec };
}
const atWaypoint = [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'waypoint' }];

/** What is no verdict: what holds as long as the object is there, in words. */
const checks: Record<string, (object: KubernetesObject) => boolean> = {
  'proxies know of no other tenant': ({ kind }) => kind === 'Sidecar',
  'requests are measured, and carry the tenant': (object) =>
    object.kind === 'Telemetry' && JSON.stringify(object['spec']).includes('tenant_01acme'),
  'there is a waypoint where the namespace says so': ({ kind }) => kind === 'Gateway',
  'what leaves the cluster is denied': (object) =>
    object.kind === 'EgressNetwork' && JSON.stringify(object['spec']).includes('"Deny"'),
  'requests are limited': ({ kind }) => kind === 'EnvoyFilter' || kind === 'HTTPLocalRateLimitPolicy',
};

function checked(objects: readonly KubernetesObject[]): string {
  return Object.entries(checks)
    .map(([title, holds]) => `${title}: ${objects.filter(holds).length}`)
    .join('; ');
}

describe.each(meshKinds)('in %s', (kind) => {
  const spec = plan(kind);
  const input = inMesh({ ...acme, plan: { ...acme.plan, spec }, links: [link] }, kind);
  const restriction = { suspended: false, quarantined: true };
  const inNamespace = (tenant: TenantInput): KubernetesObject[] =>
    renderTenant(tenant).filter(
      (object) =>
        object.metadata.namespace === 'tn-acme' || (object.kind === 'Namespace' && object.metadata.name === 'tn-acme'),
    );
  const objects = inNamespace(input);
  const ports = [80, 443, 3000, 3306, 4191, 5000, 5432, 6379, 8000, 8080, 8443, 9090, 15_020, 50_051];
  const ofPeers = ({ kind: one }: KubernetesObject): boolean => one === 'PeerAuthentication';
  const isCutOff = inNamespace({ ...input, restriction });
  const namesTarget = (object: KubernetesObject): boolean =>
    Object.hasOwn(object['spec'] ?? {}, 'targetRefs') && object.kind === 'AuthorizationPolicy';
  // An object is needed when without it one of these says something else.
  const judges: [title: string, objects: readonly KubernetesObject[], judge: Judge][] = [
    ['who calls whom', objects, verdicts(input, ports)],
    ['who calls whom when cut off', isCutOff, verdicts(input, ports)],
    ['who calls whom if somebody allowed all', objects, verdicts(input, [8080], [allowsAll(), allowsAll(atWaypoint)])],
    ['who calls without a certificate, by mutual TLS alone', objects.filter(ofPeers), verdicts(input, [8080])],
    ['who passes the waypoint alone when cut off', isCutOff.filter(namesTarget), verdicts(input, [8080])],
    ['what is no verdict', objects, checked],
  ];
  const before = judges.map(([, all, judge]) => judge(all));

  test('there is something to take away', () => {
    expect(objects.filter(isOfMesh).length).toBeGreaterThan(7);
  });

  test.each(objects.filter(isOfMesh).map(titleOf))('%s is missed when it is taken away', (title) => {
    const missed = judges.filter(([, all, judge], index) => {
      const remaining = all.filter((object) => !(isOfMesh(object) && titleOf(object) === title));
      return remaining.length < all.length && judge(remaining) !== before[index];
    });
    expect(missed.map(([name]) => name)).not.toEqual([]);
  });
});

test.each(meshKinds)('in %s nothing of a link’s consumer opens anything to it', (kind) => {
  const consumer = renderTenant(inMesh({ ...beta, links: [link] }, kind)).filter(isOfMesh);
  const plain = renderTenant(inMesh(beta, kind)).filter(isOfMesh);
  const differing = consumer.filter((object) => !plain.some((each) => JSON.stringify(each) === JSON.stringify(object)));
  expect(differing.map(titleOf)).toEqual(kind === 'istio-sidecar' ? ['Sidecar/default'] : []);
});
