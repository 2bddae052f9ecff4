import { AppsV1Api, CoreV1Api, type KubernetesObject } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';

import { installDefinitions, linkerdDefinitions } from '../../../dev/mesh-definitions.mjs';
import { type TenantBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { eventually } from '../../support/eventually.js';
import { History } from '../../support/history.js';
import { installMeshCrds } from '../../support/mesh-crds.js';
import { clusterFile, meshObjects, meshPlan, nameOfMesh, opening } from '../../support/mesh-tenants.js';
import { type OwnCluster, startOwnCluster } from '../../support/own-cluster.js';
import { type Program } from '../../support/program.js';

interface ClusterBody {
  mesh: {
    kind: string;
    version: string | null;
    detail: string;
    prerequisites: { name: string; status: string; remedy: string | null }[];
  } | null;
}

let own: OwnCluster;
let bulkhead: Bulkhead;
let worker: Program;
let tenant: TenantBody;
let namespace: string;
beforeAll(async () => {
  own = await startOwnCluster();
  bulkhead = await Bulkhead.start({ kubeconfig: own.workerKubeconfig });
  const spec = { ...meshPlan('istio-sidecar'), environments: { default: ['main'], max: 2 } };
  await bulkhead.api.send('POST', '/v1/plans', { id: 'inside', displayName: 'Inside', spec });
});
afterAll(async () => {
  await bulkhead.stop();
  await own.stop();
});

const conditionsOf = async (): Promise<Record<string, TenantBody['conditions'][number]>> => {
  const { conditions } = await bulkhead.api.get<TenantBody>(`/v1/tenants/${tenant.id}`);
  return Object.fromEntries(conditions.map((condition) => [condition.type, condition]));
};
const clusterBody = async (): Promise<ClusterBody> => {
  const { items } = await bulkhead.api.get<{ items: ClusterBody[] }>('/v1/clusters');
  return items[0] ?? { mesh: null };
};
const objectsOfMesh = async (mesh: 'istio-sidecar' | 'linkerd'): Promise<string[]> =>
  (await meshObjects(own.cluster, mesh, [namespace])).map(nameOfMesh);

test('a tenant gets no access while its mesh is missing, and everything as soon as it is installed', async () => {
  worker = await bulkhead.startWorker({ BULKHEAD_CLUSTER_FILE: clusterFile('istio-sidecar') });
  const members = [{ kind: 'User', name: 'alice@acme.example', role: 'tenant-admin' }];
  const answer = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug('switch'), plan: 'inside', members });
  expect(answer.status, JSON.stringify(answer.body)).toBe(202);
  tenant = answer.body as unknown as TenantBody;
  namespace = tenant.namespaces[0]?.name ?? '';
  const missing = await eventually('it is reported', async () => {
    const { MeshReady } = await conditionsOf();
    return MeshReady?.reason === 'MeshMissing' ? MeshReady : false;
  });
  expect(missing).toMatchObject({ status: 'False', message: expect.stringContaining('PeerAuthentication') as string });
  expect(await conditionsOf()).toMatchObject({ Ready: { status: 'False', reason: 'MeshMissing' } });
  const policies = await own.cluster.networking.listNamespacedNetworkPolicy({ namespace });
  expect(policies.items.map(({ metadata }) => metadata?.name)).toContain('tenant-default-deny');
  expect((await own.cluster.rbac.listNamespacedRoleBinding({ namespace })).items).toEqual([]);

  await installMeshCrds(own.plane, 'istio', 'gateway-api');
  await eventually(
    'it is active',
    async () => (await bulkhead.api.get<TenantBody>(`/v1/tenants/${tenant.id}`)).phase === 'active',
    60_000,
  );
  expect(await conditionsOf()).toMatchObject({ MeshReady: { status: 'True' }, Ready: { status: 'True' } });
  expect(await objectsOfMesh('istio-sidecar')).toContain(
    `security.istio.io/v1/AuthorizationPolicy/${namespace}/tenant-isolation-guard`,
  );
  expect((await own.cluster.rbac.listNamespacedRoleBinding({ namespace })).items).not.toEqual([]);
}, 180_000);

test('on a change of the mesh, the new one restricts the tenant before the old one opens it', async () => {
  await installDefinitions(own.plane, await linkerdDefinitions());
  const istio = '/apis/security.istio.io/v1/namespaces';
  const linkerd = '/apis/policy.linkerd.io';
  const history = await History.begin(own.plane, [
    `${istio}/${namespace}/peerauthentications`,
    `${istio}/${namespace}/authorizationpolicies`,
    `${linkerd}/v1beta3/namespaces/${namespace}/servers`,
    `${linkerd}/v1alpha1/namespaces/${namespace}/egressnetworks`,
    `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`,
    '/api/v1/namespaces',
  ]);
  await worker.stop();
  worker = await bulkhead.startWorker({ BULKHEAD_CLUSTER_FILE: clusterFile('linkerd') });
  await eventually(
    'no object of Istio is left',
    async () => (await objectsOfMesh('istio-sidecar')).length === 0 && (await objectsOfMesh('linkerd')).length > 0,
    60_000,
  );
  expect(await clusterBody()).toMatchObject({ mesh: { kind: 'linkerd', version: null } });
  const servers = (await meshObjects(own.cluster, 'linkerd', [namespace])).filter(({ kind }) => kind === 'Server');
  const closedBy = {
    istio: [
      'peerauthentications/default',
      'authorizationpolicies/tenant-default-deny',
      'authorizationpolicies/tenant-isolation-guard',
    ],
    linkerd: [...servers.map(({ metadata }) => `servers/${metadata.name}`), 'egressnetworks/tenant-egress'],
  };
  expect(closedBy.linkerd.length).toBeGreaterThan(5);

  const state = new Map<string, KubernetesObject>();
  for (const { name, object } of history.before) if (object !== null) state.set(name, object);
  const closes = (names: readonly string[]): boolean => names.every((name) => state.has(name));
  const marks = (): string => JSON.stringify(state.get(`namespaces/${namespace}`)?.metadata);
  const deny = JSON.stringify((state.get('networkpolicies/tenant-default-deny') as { spec?: object }).spec);
  expect(closes(closedBy.istio)).toBe(true);
  const moments = await history.since();
  for (const { name, object } of moments) {
    if (object === null) state.delete(name);
    else state.set(name, object);
    const at = JSON.stringify({ after: name, removed: object === null });
    expect(closes(closedBy.istio) || closes(closedBy.linkerd), at).toBe(true);
    if (marks().includes('linkerd.io/inject')) expect(closes(closedBy.linkerd), at).toBe(true);
    if (!state.has('authorizationpolicies/tenant-isolation-guard')) {
      const istioPolicies = [...state.keys()].filter((key) => key.startsWith('authorizationpolicies/'));
      expect(istioPolicies, at).toEqual([]);
    }
    expect(JSON.stringify((state.get('networkpolicies/tenant-default-deny') as { spec?: object }).spec), at).toBe(deny);
  }
  expect(closes(closedBy.linkerd)).toBe(true);
  expect(moments.length).toBeGreaterThan(10);
}, 180_000);

test('a mesh is detected by its control plane, with its missing settings, and is remembered when that is gone', async () => {
  await worker.stop();
  worker = await bulkhead.startWorker({ BULKHEAD_CLUSTER_FILE: clusterFile(null) });
  const remembered = await eventually('it is remembered', async () => {
    const { mesh } = await clusterBody();
    return mesh?.detail.includes('gone') === true ? mesh : false;
  });
  expect(remembered.kind).toBe('linkerd');
  expect(opening(await meshObjects(own.cluster, 'linkerd', [namespace])).length).toBeGreaterThan(0);

  await installIstiod();
  await worker.stop();
  worker = await bulkhead.startWorker({ BULKHEAD_CLUSTER_FILE: clusterFile(null) });
  const { mesh } = await eventually('Istio is found', async () => {
    const found = await clusterBody();
    return found.mesh?.kind === 'istio-ambient' ? found : false;
  });
  expect(mesh?.version).toBe('1.31.1');
  expect(Object.fromEntries((mesh?.prerequisites ?? []).map(({ name, status }) => [name, status]))).toEqual({
    'control-plane-running': 'unmet',
    'default-service-export-to': 'met',
    'default-virtual-service-export-to': 'unmet',
    'default-destination-rule-export-to': 'unmet',
    'discovery-selectors': 'unmet',
    'outbound-registry-only': 'met',
    'access-logs-name-tenants': 'met',
    'service-entry-visibility': 'unmet',
    'gateways-scoped-to-namespace': 'met',
    'istio-cni': 'unmet',
    'root-strict-mtls': 'unmet',
    'seccomp-profile': 'met',
  });
  for (const { status, remedy } of mesh?.prerequisites ?? []) expect(remedy === null).toBe(status === 'met');
  // The plan limits the rate of requests, which an ambient mesh cannot do.
  await eventually(
    'it is reported',
    async () => (await conditionsOf())['MeshReady']?.reason === 'CapabilityMissing',
    60_000,
  );
  expect(await objectsOfMesh('linkerd')).toEqual([]);
  expect(await objectsOfMesh('istio-sidecar')).not.toEqual([]);
  const refused = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug(), plan: 'inside' });
  expect(refused).toMatchObject({
    status: 422,
    body: { code: 'tenant.capability_missing', errors: [{ pointer: '/plan' }] },
  });
  expect(String(refused.body['detail'])).toContain('mesh.rateLimit');

  // The mesh's own settings are remembered, too: identities of another trust domain would match no one.
  const said = { trustDomain: 'mesh.example', accessLogProvider: 'bulkhead-access-log' };
  expect(await factsOfMesh()).toMatchObject(said);
  await worker.stop();
  await own.cluster.core.deleteNamespacedConfigMap({ namespace: 'istio-system', name: 'istio' });
  worker = await bulkhead.startWorker({ BULKHEAD_CLUSTER_FILE: clusterFile(null) });
  await eventually('it is not read', async () => {
    const prerequisites = (await clusterBody()).mesh?.prerequisites ?? [];
    return prerequisites.find(({ name }) => name === 'outbound-registry-only')?.status === 'unmet';
  });
  expect(await factsOfMesh()).toMatchObject(said);
}, 180_000);

const factsOfMesh = async (): Promise<object | undefined> =>
  (await bulkhead.database.query<{ mesh: object }>(`SELECT facts -> 'mesh' AS mesh FROM clusters`))[0]?.mesh;

const meshConfig = {
  trustDomain: 'mesh.example',
  defaultServiceExportTo: ['.', 'ingress'],
  outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
  extensionProviders: [{ name: 'bulkhead-access-log', envoyFileAccessLog: { path: '/dev/stdout' } }],
};

/** The objects of an Istio installation with ztunnel that detection looks at. */
async function installIstiod(): Promise<void> {
  const core = own.cluster.client(CoreV1Api);
  const apps = own.cluster.client(AppsV1Api);
  const system = 'istio-system';
  await core.createNamespace({ body: { metadata: { name: system } } });
  const config = {
    istio: { mesh: stringify(meshConfig) },
    'istio-sidecar-injector': { values: '{"gateways": {"seccompProfile": {"type": "RuntimeDefault"}}}' },
  };
  for (const [name, data] of Object.entries(config)) {
    await core.createNamespacedConfigMap({ namespace: system, body: { metadata: { name }, data } });
  }
  const runner = (labels: Record<string, string>, image: string): { selector: object; template: object } => {
    const env = [{ name: 'PILOT_SCOPE_GATEWAY_TO_NAMESPACE', value: 'true' }];
    const template = { metadata: { labels }, spec: { containers: [{ name: 'a', image, env }] } };
    return { selector: { matchLabels: labels }, template };
  };
  const istiod = { app: 'istiod', 'istio.io/rev': 'default' };
  await apps.createNamespacedDeployment({
    namespace: system,
    body: {
      metadata: { name: 'istiod', labels: istiod },
      spec: runner(istiod, 'registry.example/istio/pilot:1.31.1-distroless'),
    },
  });
  const ztunnel = { 'app.kubernetes.io/name': 'ztunnel' };
  await apps.createNamespacedDaemonSet({
    namespace: system,
    body: {
      metadata: { name: 'ztunnel', labels: ztunnel },
      spec: runner(ztunnel, 'registry.example/istio/ztunnel:1.31.1'),
    },
  });
}
