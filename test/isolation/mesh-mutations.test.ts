import { judgeMesh, type KubernetesObject, type MeshCall, renderTenant, type TenantInput } from '#isolation';
import { describe, expect, test } from 'vitest';

import { acme, beta, link } from './mesh-world.js';
import { inMesh, type MeshKind, meshKinds } from './meshes.js';
import { planWith } from './tenants.js';

/** A plan with every feature of the mesh. */
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

/** Returns the verdicts of the mesh on every kind of call, as one text. */
function verdicts(input: TenantInput, ports: readonly number[], foreign: readonly KubernetesObject[] = []): Judge {
  const { mesh } = input.cluster;
  if (!mesh) throw new Error('There is no mesh.');
  return (objects) => {
    const all = [...objects, ...foreign];
    const allowed: boolean[] = [];
    for (const identity of callers) {
      for (const labels of pods) {
        for (const port of ports) {
          const call: MeshCall = { identity, to: { namespace: 'tn-acme', labels }, port };
          allowed.push(judgeMesh(all, mesh, call).allowed);
          // Like a kubelet of that node.
          allowed.push(judgeMesh(all, mesh, { ...call, address: '192.0.2.7' }).allowed);
          if (mesh.kind !== 'istio-ambient') continue;
          allowed.push(judgeMesh(all, mesh, { ...call, service: { name: 'api', port: 80 } }).allowed);
        }
      }
    }
    return allowed.map(Number).join('');
  };
}

/** A policy that a tenant must not be able to write, and that must open nothing anyway. */
function allowsAll(targetRefs?: object[]): KubernetesObject {
  const spec = { ...(targetRefs !== undefined && { targetRefs }), rules: [{}] };
  const metadata = { name: `open-${targetRefs === undefined ? 'pods' : 'waypoint'}`, namespace: 'tn-acme' };
  return { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata, spec };
}
const atWaypoint = [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'waypoint' }];

/** Effects other than verdicts, which depend on a single object. */
const checks: Record<string, (object: KubernetesObject) => boolean> = {
  'proxies do not know other tenants': ({ kind }) => kind === 'Sidecar',
  'requests are measured with their tenant': (object) =>
    object.kind === 'Telemetry' && JSON.stringify(object['spec']).includes('tenant_01acme'),
  'the waypoint of the namespace exists': ({ kind }) => kind === 'Gateway',
  'traffic to outside the cluster is denied': (object) =>
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
  const ports = [...plan(kind).mesh.ports, 4191, 9090, 15_020];
  const ofPeers = ({ kind: one }: KubernetesObject): boolean => one === 'PeerAuthentication';
  const isCutOff = inNamespace({ ...input, restriction });
  const namesTarget = (object: KubernetesObject): boolean =>
    Object.hasOwn(object['spec'] ?? {}, 'targetRefs') && object.kind === 'AuthorizationPolicy';
  // An object is needed if one of these changes without it.
  const judges: [title: string, objects: readonly KubernetesObject[], judge: Judge][] = [
    ['who calls whom', objects, verdicts(input, ports)],
    ['who calls whom when cut off', isCutOff, verdicts(input, ports)],
    [
      'who calls whom with a policy that allows everything',
      objects,
      verdicts(input, [8080], [allowsAll(), allowsAll(atWaypoint)]),
    ],
    ['who calls without a certificate, with mutual TLS only', objects.filter(ofPeers), verdicts(input, [8080])],
    ['who passes the waypoint when cut off', isCutOff.filter(namesTarget), verdicts(input, [8080])],
    ['other effects', objects, checked],
  ];
  const before = judges.map(([, all, judge]) => judge(all));

  test('there are objects to remove', () => {
    expect(objects.filter(isOfMesh).length).toBeGreaterThan(7);
  });

  test.each(objects.filter(isOfMesh).map(titleOf))('the absence of %s is noticed', (title) => {
    const missed = judges.filter(([, all, judge], index) => {
      const remaining = all.filter((object) => !(isOfMesh(object) && titleOf(object) === title));
      return remaining.length < all.length && judge(remaining) !== before[index];
    });
    expect(missed.map(([name]) => name)).not.toEqual([]);
  });
});

test.each(meshKinds)('in %s a link does not open anything at its consumer', (kind) => {
  const consumer = renderTenant(inMesh({ ...beta, links: [link] }, kind)).filter(isOfMesh);
  const plain = renderTenant(inMesh(beta, kind)).filter(isOfMesh);
  const differing = consumer.filter((object) => !plain.some((each) => JSON.stringify(each) === JSON.stringify(object)));
  expect(differing.map(titleOf)).toEqual(kind === 'istio-sidecar' ? ['Sidecar/default'] : []);
});
