import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type KubernetesObject } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { eventually } from '../support/eventually.js';
import { MESH_NAMESPACE } from '../support/istio-installation.js';
import { analyze } from '../support/istioctl.js';
import { type Istiod, startIstiod } from '../support/istiod.js';
import { installMeshCrds } from '../support/mesh-crds.js';
import { type MeshPod, meshToken, newMeshPod, startNode } from '../support/mesh-pods.js';
import { type OwnCluster, startOwnCluster } from '../support/own-cluster.js';
import { type Program } from '../support/program.js';
import {
  inboundChains,
  namespacesKnown,
  plaintextChains,
  policiesAt,
  sidecarConfig,
  type ZtunnelConfig,
  ztunnelConfig,
} from '../support/proxy-config.js';

interface Stoppable {
  stop: () => unknown;
}

const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-istiod-'));
let own: OwnCluster;
let istiod: Istiod;
let bulkhead: Bulkhead;
let worker: Program;
/** Two namespaces of one tenant, one of another, and one of which Bulkhead knows nothing: the control of every check. */
let namespaces: Record<'own' | 'sibling' | 'foreign' | 'plain', string>;

beforeAll(async () => {
  own = started(await startOwnCluster());
  await installMeshCrds(own.plane, 'istio', 'gateway-api');
  istiod = started(await startIstiod({ own, dir: path.join(dir, 'istiod') }));
  started(await startNode(own.cluster));
  bulkhead = started(await Bulkhead.start({ kubeconfig: own.workerKubeconfig }));
  worker = await startWorkerIn('istio-sidecar');
  const [acme, other] = [newSlug(), newSlug()];
  await bulkhead.api.change('POST', '/v1/tenants', { slug: acme, plan: 'team', environments: ['main', 'staging'] });
  await bulkhead.api.change('POST', '/v1/tenants', { slug: other, plan: 'team' });
  namespaces = { own: `tn-${acme}`, sibling: `tn-${acme}-staging`, foreign: `tn-${other}`, plain: 'plain' };
  const labels = { 'istio-injection': 'enabled' };
  await own.cluster.core.createNamespace({ body: { metadata: { name: namespaces.plain, labels } } });
}, 1_800_000);
afterAll(async () => {
  for (const each of running.reverse()) await each.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Whatever runs is ended in the end, the newest first, also when something after it could not be started. */
const running: Stoppable[] = [];
function started<T extends Stoppable>(what: T): T {
  running.push(what);
  return what;
}

function startWorkerIn(kind: string): Promise<Program> {
  const file = path.join(dir, `${kind}.json`);
  writeFileSync(file, JSON.stringify({ mesh: { kind } }));
  return bulkhead.startWorker({ BULKHEAD_CLUSTER_FILE: file });
}

/** A pod of that name in each namespace. */
async function newPods(app: string, annotations = {}): Promise<Record<keyof typeof namespaces, MeshPod>> {
  const made = Object.entries(namespaces).map(async ([who, namespace], index) => {
    const ip = `198.51.100.${index + 1 + (app === 'web' ? 0 : 10)}`;
    return [who, await newMeshPod(own.cluster, { namespace, app, ip, ports: [8080] }, annotations)] as const;
  });
  return Object.fromEntries(await Promise.all(made)) as Record<keyof typeof namespaces, MeshPod>;
}

/** Objects of Istio's kinds in a namespace. */
async function istioObjects(namespace: string): Promise<KubernetesObject[]> {
  const kinds = [
    ...['security.istio.io/v1/AuthorizationPolicy', 'security.istio.io/v1/PeerAuthentication'],
    ...['networking.istio.io/v1/Sidecar', 'telemetry.istio.io/v1/Telemetry'],
  ];
  const lists = kinds.map((each) => {
    const [group = '', version = '', kind = ''] = each.split('/');
    return own.cluster.objects.list(`${group}/${version}`, kind, namespace);
  });
  return (await Promise.all(lists)).flatMap(({ items }) => items);
}

const outcome = (what: Promise<unknown>): Promise<string> =>
  what.then(
    () => 'accepted',
    (error: unknown) => String((error as { body?: string }).body ?? error),
  );

/** What the validation webhook, which is binding, says of every object of a tenant; by kind and name. */
async function validated(namespace: string): Promise<Record<string, string>> {
  const verdicts = (await istioObjects(namespace)).map(async (object) => {
    const name = `${object.kind ?? ''}/${object.metadata?.name ?? ''}`;
    return [name, await outcome(own.cluster.objects.replace(object, undefined, 'All'))] as const;
  });
  return Object.fromEntries(await Promise.all(verdicts));
}

describe('with sidecars', () => {
  let pods: Awaited<ReturnType<typeof newPods>>;
  beforeAll(async () => {
    pods = await newPods('web');
  });
  const config = async (who: keyof typeof namespaces): ReturnType<typeof sidecarConfig> =>
    sidecarConfig(istiod, pods[who], await meshToken(own.cluster, namespaces[who]));

  test('istiod accepts every object of a tenant, and refuses what its definitions let through', async () => {
    const verdicts = await validated(namespaces.own);
    expect(Object.keys(verdicts)).toEqual(
      expect.arrayContaining([
        ...['PeerAuthentication/default', 'AuthorizationPolicy/tenant-isolation-guard', 'Sidecar/default'],
        ...['AuthorizationPolicy/tenant-default-deny', 'AuthorizationPolicy/tenant-allow-same-tenant'],
        'Telemetry/default',
      ]),
    );
    expect(new Set(Object.values(verdicts))).toEqual(new Set(['accepted']));
    const metadata = { name: 'broken', namespace: namespaces.plain };
    const broken = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Sidecar',
      metadata,
      spec: { egress: [{ hosts: ['x'] }] },
    };
    expect(await outcome(own.cluster.objects.create(broken, undefined, 'All'))).toContain('validation.istio.io');
  });

  test('a proxy takes no plain text', async () => {
    expect(plaintextChains(await config('own'))).toEqual([]);
    expect(plaintextChains(await config('plain'))).not.toEqual([]);
    for (const { transportSocket } of inboundChains(await config('own'))) {
      expect(transportSocket).toMatchObject({ typedConfig: { requireClientCertificate: true } });
    }
  });

  test('a proxy asks the guard first and then only for the tenant itself, on every way in', async () => {
    const policy = (name: string): string => `ns[${namespaces.own}]-policy[${name}]-rule[0]`;
    const chains = inboundChains(await config('own'));
    expect(chains.length).toBeGreaterThan(1);
    for (const chain of chains) {
      expect(policiesAt(chain)).toEqual({
        deny: [policy('tenant-isolation-guard')],
        allow: expect.arrayContaining([policy('tenant-allow-same-tenant')]) as string[],
      });
    }
    const unguarded = inboundChains(await config('plain')).map(policiesAt);
    expect(new Set(unguarded.flatMap(({ deny, allow }) => [...deny, ...allow]))).toEqual(new Set());
  });

  test('a proxy knows the services of its tenant and no other tenant’s', async () => {
    const { own: ours, sibling, foreign } = namespaces;
    const known = namespacesKnown(await config('own'));
    expect(known).toContain(ours);
    expect(known).toContain(sibling);
    expect([...known].filter((name) => name.startsWith('tn-')).sort()).toEqual([ours, sibling]);
    expect(JSON.stringify(await config('own'))).not.toContain(foreign);
    // Without Bulkhead's objects a proxy is told of everybody.
    expect([...namespacesKnown(await config('plain'))]).toEqual(expect.arrayContaining([ours, sibling, foreign]));
  });

  test('istiod serves a tenant’s configuration to nobody else', async () => {
    const foreign = await meshToken(own.cluster, namespaces.foreign);
    await expect(sidecarConfig(istiod, pods.own, foreign)).rejects.toThrow(/PermissionDenied|Unauthenticated/);
  });

  test('Istio’s own analysis finds nothing in tenants’ namespaces', analysisIsClean);
});

describe('with ztunnels', () => {
  let config: ZtunnelConfig;
  beforeAll(async () => {
    await worker.stop();
    worker = await startWorkerIn('istio-ambient');
    for (const namespace of [namespaces.own, namespaces.sibling, namespaces.foreign]) {
      await eventually(`${namespace} is in the ambient mesh`, async () => {
        const { metadata } = await own.cluster.core.readNamespace({ name: namespace });
        return metadata?.labels?.['istio.io/dataplane-mode'] === 'ambient';
      });
    }
    // What Istio's plugin for the network writes on pods whose traffic it has led to the node's proxy.
    await newPods('ambient', { 'ambient.istio.io/redirection': 'enabled' });
    const name = 'ztunnel';
    await own.cluster.core.createNamespacedServiceAccount({ namespace: MESH_NAMESPACE, body: { metadata: { name } } });
    config = await ztunnelConfig(istiod, await meshToken(own.cluster, MESH_NAMESPACE, name));
  });

  const workload = (namespace: string): object | undefined =>
    config.addresses.find((each) => each.workload?.canonicalName === 'ambient' && each.workload.namespace === namespace)
      ?.workload;
  const authorizations = (namespace: string): object[] =>
    config.authorizations.filter((each) => each.namespace === namespace);

  test('istiod accepts every object of a tenant', async () => {
    const verdicts = await validated(namespaces.own);
    expect(Object.keys(verdicts)).toContain('AuthorizationPolicy/tenant-isolation-guard');
    expect(Object.keys(verdicts)).not.toContain('Sidecar/default');
    expect(new Set(Object.values(verdicts))).toEqual(new Set(['accepted']));
  });

  test('a ztunnel tunnels to a tenant’s pods, and refuses who comes without a certificate', () => {
    expect(workload(namespaces.own)).toMatchObject({
      tunnelProtocol: 'HBONE',
      authorizationPolicies: ['istio-system/istio_converted_static_strict'],
    });
    expect(workload(namespaces.plain)).not.toHaveProperty('authorizationPolicies');
    expect(authorizations(MESH_NAMESPACE)).toEqual([
      expect.objectContaining({
        ...{ name: 'istio_converted_static_strict', action: 'DENY' },
        groups: [{ rules: [{ matches: [{ notPrincipals: [{ presence: {} }] }] }] }],
      }),
    ]);
  });

  test('a ztunnel refuses everybody but the tenant, and lets the tenant in, by exact names', () => {
    const names = [namespaces.own, namespaces.sibling].map((exact) => ({ exact }));
    const policies = authorizations(namespaces.own);
    expect(policies).toContainEqual(
      expect.objectContaining({
        ...{ name: 'tenant-isolation-guard', scope: 'NAMESPACE', action: 'DENY' },
        groups: [{ rules: [{ matches: [{ notNamespaces: names }] }] }],
      }),
    );
    expect(policies).toContainEqual(
      expect.objectContaining({
        ...{ name: 'tenant-allow-same-tenant', scope: 'NAMESPACE' },
        groups: [{ rules: [{ matches: [{ namespaces: names }] }] }],
      }),
    );
    const denied = policies.find((each) => 'name' in each && each.name === 'tenant-default-deny');
    // A policy that allows and matches nothing: from then on what no other allows is refused.
    expect(denied).not.toHaveProperty('groups');
    expect(authorizations(namespaces.plain)).toEqual([]);
  });

  test('Istio’s own analysis finds nothing in tenants’ namespaces', analysisIsClean);
});

async function analysisIsClean(): Promise<void> {
  const { plain, ...ofTenants } = namespaces;
  for (const namespace of Object.values(ofTenants)) expect(await analyze(own, namespace)).toEqual([]);
  const metadata = { name: 'nowhere', namespace: plain };
  const spec = { hosts: ['web'], http: [{ route: [{ destination: { host: 'web', subset: 'nowhere' } }] }] };
  const broken = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata, spec };
  await own.cluster.objects.create(broken);
  expect(await analyze(own, plain)).toContainEqual(expect.objectContaining({ code: 'IST0101', level: 'Error' }));
  await own.cluster.objects.delete(broken);
}
