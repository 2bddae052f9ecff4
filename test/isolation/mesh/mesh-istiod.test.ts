import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type TenantBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { eventually } from '../../support/eventually.js';
import { MESH_NAMESPACE } from '../../support/istio-installation.js';
import { outcome, validated } from '../../support/istio-verdicts.js';
import { analyze } from '../../support/istioctl.js';
import { type Istiod, startIstiod } from '../../support/istiod.js';
import { linkOnce, makeService, proposeLink } from '../../support/links.js';
import { installMeshCrds } from '../../support/mesh-crds.js';
import { type MeshPod, meshToken, newMeshPod, startNode } from '../../support/mesh-pods.js';
import { type OwnCluster, startOwnCluster } from '../../support/own-cluster.js';
import { type Program } from '../../support/program.js';
import {
  inboundChains,
  namespacesKnown,
  plaintextChains,
  policiesAt,
  sidecarConfig,
  type ZtunnelConfig,
  ztunnelConfig,
} from '../../support/proxy-config.js';
import { deployerToken, exportAs, exportServicesTo } from '../../support/service-exports.js';
import { egressTests } from './istiod-egress.js';

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
let tenants: Record<'own' | 'foreign', TenantBody>;

beforeAll(async () => {
  own = started(await startOwnCluster());
  await installMeshCrds(own.plane, 'istio', 'gateway-api');
  istiod = started(await startIstiod({ own, dir: path.join(dir, 'istiod') }));
  started(await startNode(own.cluster));
  bulkhead = started(await Bulkhead.start({ kubeconfig: own.workerKubeconfig }));
  worker = await startWorkerIn('istio-sidecar');
  const [acme, other] = [newSlug(), newSlug()];
  const create = async (body: object): Promise<TenantBody> =>
    (await bulkhead.api.change('POST', '/v1/tenants', { plan: 'team', ...body })).tenant;
  tenants = {
    own: await create({ slug: acme, environments: ['main', 'staging'] }),
    foreign: await create({ slug: other }),
  };
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

describe('with sidecars', () => {
  let pods: Awaited<ReturnType<typeof newPods>>;
  beforeAll(async () => {
    pods = await newPods('web');
  });
  const config = async (who: keyof typeof namespaces): ReturnType<typeof sidecarConfig> =>
    sidecarConfig(istiod, pods[who], await meshToken(own.cluster, namespaces[who]));
  const knows = async (who: keyof typeof namespaces, service: string): Promise<boolean> =>
    (await config(who)).clusters.some(
      ({ name }) => name === `outbound|80||${service}.${namespaces.own}.svc.cluster.local`,
    );

  test('istiod accepts every object of a tenant, and refuses what its definitions let through', async () => {
    const verdicts = await validated(own.cluster, namespaces.own);
    expect(Object.keys(verdicts)).toEqual(
      expect.arrayContaining([
        'PeerAuthentication/default',
        'AuthorizationPolicy/tenant-isolation-guard',
        'Sidecar/default',
        'AuthorizationPolicy/tenant-default-deny',
        'AuthorizationPolicy/tenant-allow-same-tenant',
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

  egressTests(() => ({ own, bulkhead, tenant: tenants.own, namespaces, configOf: config }));

  test('Istio’s own analysis finds nothing in tenants’ namespaces', analysisIsClean);

  test('a Service of a link is told to its consumer, where Services are told to their own namespace alone', async () => {
    await exportServicesTo(own, '.');
    await worker.stop();
    worker = await startWorkerIn('istio-sidecar');
    await eventually('istiod tells of Services their own namespace alone', async () => !(await knows('plain', 'web')));
    for (const name of ['ledger', 'private']) await makeService(own.cluster, tenants.own, {}, name);
    const place = { namespace: namespaces.own, name: 'ledger' };
    const marks = async (): Promise<object | undefined> =>
      (await own.cluster.core.readNamespacedService(place)).metadata?.annotations;

    const { id } = await proposeLink(bulkhead.api, {
      provider: tenants.own,
      consumer: tenants.foreign,
      service: 'ledger',
    });
    await linkOnce(bulkhead.api, id, ({ state }) => state === 'active');
    expect(await marks()).toEqual({ 'networking.istio.io/exportTo': `.,${namespaces.foreign}` });
    await eventually('the consumer is told', () => knows('foreign', 'ledger'));
    expect(await knows('foreign', 'private')).toBe(false);
    expect(await knows('own', 'ledger')).toBe(true);
    expect(await knows('plain', 'ledger')).toBe(false);

    // Under the worker's name for its fields a tenant's own account is still a tenant's.
    const token = await deployerToken(own.cluster, namespaces.own);
    expect(await exportAs(own, token, place, '*')).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('must not change how the mesh treats it') as string },
    });

    await bulkhead.api.send('DELETE', `/v1/links/${id}`);
    await eventually('it is taken back', async () => (await marks()) === undefined);
    await eventually('the consumer is told no longer', async () => !(await knows('foreign', 'ledger')));
  });

  test('who has limited a Service otherwise is heard, and told of', async () => {
    const place = { namespace: namespaces.own, name: 'private' };
    await exportAs(own, own.plane.adminToken, place, '.', 'somebody');
    const { id } = await proposeLink(bulkhead.api, {
      provider: tenants.own,
      consumer: tenants.foreign,
      service: 'private',
    });
    const { problem } = await linkOnce(bulkhead.api, id, ({ state }) => state === 'failed');
    expect(problem).toMatchObject({ code: 'ServiceNotExported', object: `v1/Service/${namespaces.own}/private` });
    expect(problem?.remedy).toContain('networking.istio.io/exportTo');
    await exportAs(own, own.plane.adminToken, place, `.,${namespaces.foreign}`, 'somebody');
    await linkOnce(bulkhead.api, id, ({ state }) => state === 'active');
    await bulkhead.api.send('DELETE', `/v1/links/${id}`);
    for (const name of ['ledger', 'private']) {
      await own.cluster.core.deleteNamespacedService({ namespace: namespaces.own, name });
    }
    await eventually('nothing of the link stands', async () => {
      const found = await Promise.all([namespaces.own, namespaces.foreign].map((each) => validated(own.cluster, each)));
      return !found.flatMap((objects) => Object.keys(objects)).some((name) => name.includes('/link-'));
    });
  });
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
    const verdicts = await validated(own.cluster, namespaces.own);
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
        name: 'istio_converted_static_strict',
        action: 'DENY',
        groups: [{ rules: [{ matches: [{ notPrincipals: [{ presence: {} }] }] }] }],
      }),
    ]);
  });

  test('a ztunnel refuses everybody but the tenant, and lets the tenant in, by exact names', () => {
    const names = [namespaces.own, namespaces.sibling].map((exact) => ({ exact }));
    const policies = authorizations(namespaces.own);
    const policy = (name: string, match: object): object =>
      expect.objectContaining({ name, scope: 'NAMESPACE', groups: [{ rules: [{ matches: [match] }] }] }) as object;
    const guard = policies.find((each) => 'name' in each && each.name === 'tenant-isolation-guard');
    expect(guard).toEqual(policy('tenant-isolation-guard', { notNamespaces: names }));
    expect(guard).toHaveProperty('action', 'DENY');
    expect(policies).toContainEqual(policy('tenant-allow-same-tenant', { namespaces: names }));
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
