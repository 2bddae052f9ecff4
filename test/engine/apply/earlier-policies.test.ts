import { judge, type KubernetesObject, Policies, type PodEndpoint, type Port } from '#isolation';
import { fingerprintOf, hashOf } from '#kube';
import { type V1NetworkPolicy } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type TenantBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { eventually } from '../../support/eventually.js';
import { History } from '../../support/history.js';
import { clusterFile } from '../../support/mesh-tenants.js';
import { type OwnCluster, startOwnCluster } from '../../support/own-cluster.js';
import { type Program } from '../../support/program.js';

const env = { BULKHEAD_CLUSTER_FILE: '' };
const apart = ['of-the-tenant', 'tenant-allow-ingress-gateway', 'tenant-default-deny'];
const now = ['of-the-tenant', 'tenant-allow', ...apart.slice(1)];
const earlier = ['cidrs', 'dns', 'internet', 'monitoring', 'same-tenant'].map((what) => `tenant-allow-${what}`);

let own: OwnCluster;
let bulkhead: Bulkhead;
let worker: Program;
beforeAll(async () => {
  own = await startOwnCluster();
  env.BULKHEAD_CLUSTER_FILE = clusterFile(null);
  bulkhead = await Bulkhead.start({ kubeconfig: own.workerKubeconfig });
  const spec = {
    quota: { cpu: '10', memory: '10Gi', networkPolicies: 0 },
    drift: { policy: 'report' },
    network: { internetEgress: 'https', allowCidrs: ['203.0.113.0/24'], ingressGateway: true },
  };
  await bulkhead.api.send('POST', '/v1/plans', { id: 'all', displayName: 'All', spec });
});
afterAll(async () => {
  await bulkhead.stop();
  await own.stop();
});

const policiesIn = async (namespace: string): Promise<V1NetworkPolicy[]> =>
  (await own.cluster.networking.listNamespacedNetworkPolicy({ namespace })).items;
const namesIn = async (namespace: string): Promise<string[]> =>
  (await policiesIn(namespace)).map(({ metadata }) => metadata?.name ?? '').sort();

/** Makes a tenant whose policies are as an earlier release left them: a policy for each thing that is allowed. */
async function earlierTenant(): Promise<{ tenant: TenantBody; namespace: string }> {
  worker = await bulkhead.startWorker(env);
  const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug('earlier'), plan: 'all' });
  await worker.stop();
  const namespace = tenant.namespaces[0]?.name ?? '';
  // In place of the one for the API server, whose address this cluster does not tell: with it the quota is full.
  await own.cluster.networking.createNamespacedNetworkPolicy({
    namespace,
    body: { metadata: { name: 'of-the-tenant' }, spec: { podSelector: { matchLabels: { app: 'a' } } } },
  });
  expect(await namesIn(namespace)).toEqual(now);
  const merged = await own.cluster.networking.readNamespacedNetworkPolicy({ namespace, name: 'tenant-allow' });
  const { ingress = [], egress = [] } = merged.spec ?? {};
  expect([ingress.length, egress.length]).toEqual([2, 4]);
  const specs = {
    'tenant-allow-same-tenant': { ingress: ingress.slice(0, 1), egress: egress.slice(0, 1) },
    'tenant-allow-monitoring': { ingress: ingress.slice(1) },
    'tenant-allow-dns': { egress: egress.slice(1, 2) },
    'tenant-allow-internet': { egress: egress.slice(2, 3) },
    'tenant-allow-cidrs': { egress: egress.slice(3) },
  };
  const row = await bulkhead.database.query<{ tenant_id: string }>(
    `DELETE FROM tenant_objects WHERE namespace = $1 AND name = 'tenant-allow' RETURNING tenant_id`,
    [namespace],
  );
  // One after the other, so that there is room in the quota once the merged policy is gone.
  await own.cluster.networking.deleteNamespacedNetworkPolicy({ namespace, name: 'tenant-allow' });
  for (const [name, rules] of Object.entries(specs)) {
    const policyTypes = [...('ingress' in rules ? ['Ingress'] : []), ...('egress' in rules ? ['Egress'] : [])];
    const body = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace, labels: { ...merged.metadata?.labels } },
      spec: { podSelector: {}, policyTypes, ...rules },
    };
    const made = await own.cluster.networking.createNamespacedNetworkPolicy({
      namespace,
      body,
      fieldManager: 'bulkhead',
    });
    await bulkhead.database.query(
      `INSERT INTO tenant_objects (tenant_id, api_version, kind, namespace, name, uid, rendered_hash, fingerprint)
       VALUES ($1, 'networking.k8s.io/v1', 'NetworkPolicy', $2, $3, $4, $5, $6)`,
      [
        row[0]?.tenant_id,
        namespace,
        name,
        made.metadata?.uid,
        hashOf(body),
        fingerprintOf('NetworkPolicy', made.metadata as never),
      ],
    );
  }
  expect(await namesIn(namespace)).toEqual([...earlier, ...apart].sort());
  return { tenant, namespace };
}

const pod = (namespace: string, labels: Record<string, string> = {}): PodEndpoint => {
  return { kind: 'pod', name: namespace, namespace, labels, addresses: ['10.244.1.1'] };
};

/** What is allowed by some policies, of connections of every sort that a plan opens and of some that none opens. */
function allowed(tenant: TenantBody, namespace: string, policies: readonly KubernetesObject[]): boolean[] {
  const labels = { 'bulkhead.io/tenant-id': tenant.id, 'kubernetes.io/metadata.name': namespace };
  const platform = ['kube-system', 'platform', 'default'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
  }));
  const own = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } };
  const world = Policies.read([own, ...platform, ...policies] as never);
  const mine = pod(namespace);
  const outside = (address: string): { kind: 'address'; name: string; address: string } => {
    return { kind: 'address', name: address, address };
  };
  const tcp = (port: number): Port => ({ protocol: 'TCP', port });
  const asked = [
    [mine, pod(namespace), tcp(80)],
    [mine, pod('kube-system', { 'k8s-app': 'kube-dns' }), tcp(53)],
    [mine, outside('93.184.215.14'), tcp(443)],
    [mine, outside('203.0.113.9'), tcp(80)],
    [pod('platform', { app: 'prometheus' }), mine, tcp(9090)],
    [mine, outside('93.184.215.14'), tcp(80)],
    [mine, pod('default'), tcp(80)],
    [pod('default'), mine, tcp(80)],
  ] as const;
  return asked.map(([from, to, port]) => judge(world, from, to, port).allowed);
}
const asPlanned = [true, true, true, true, true, false, false, false];

test('an upgrade replaces a policy for each thing by one, and nothing is closed or opened meanwhile', async () => {
  const { tenant, namespace } = await earlierTenant();
  const quota = await own.cluster.quota(namespace, 'tenant-quota-access');
  const history = await History.begin(own.plane, [
    `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`,
    `/api/v1/namespaces/${namespace}/resourcequotas`,
  ]);
  const state = new Map<string, KubernetesObject>();
  for (const { name, object } of history.before) if (object !== null) state.set(name, object as KubernetesObject);
  const policies = (): KubernetesObject[] =>
    [...state].flatMap(([name, object]) =>
      name.startsWith('networkpolicies/')
        ? [{ ...object, apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' }]
        : [],
    );
  expect(allowed(tenant, namespace, policies())).toEqual(asPlanned);

  await bulkhead.database.query(`UPDATE tenants SET next_reconcile_at = now() WHERE slug = '${tenant.slug}'`);
  worker = await bulkhead.startWorker(env);
  await eventually('only the new policies are there', async () => {
    return JSON.stringify(await namesIn(namespace)) === JSON.stringify(now);
  });
  const moments = await history.since();
  for (const { name, object } of moments) {
    if (object === null) state.delete(name);
    else state.set(name, object as KubernetesObject);
    expect(allowed(tenant, namespace, policies()), `after ${name}`).toEqual(asPlanned);
    // The quota is never raised for the upgrade.
    const { hard } = state.get('resourcequotas/tenant-quota-access')?.['spec'] as { hard: object };
    expect(hard).toEqual(quota);
  }
  const names = moments.map(({ name, object }) => `${object === null ? '-' : '+'} ${name.split('/')[1] ?? ''}`);
  const ofPolicies = names.filter((name) => !name.includes('quota'));
  expect(ofPolicies[0]).toBe('+ tenant-allow');
  expect(ofPolicies.slice(1).sort()).toEqual(earlier.map((name) => `- ${name}`));
  expect(
    policies()
      .map(({ metadata }) => metadata.name)
      .sort(),
  ).toEqual(now);

  const ours = now.filter((name) => name.startsWith('tenant-'));
  const listed = await eventually('the inventory has the new ones', async () => {
    const { items } = await bulkhead.api.get<{ items: { kind: string; name: string }[] }>(
      `/v1/tenants/${tenant.id}/objects`,
    );
    const found = items.filter(({ kind }) => kind === 'NetworkPolicy').map(({ name }) => name);
    return found.length === ours.length && found;
  });
  expect(listed.sort()).toEqual(ours);
  const { conditions } = await bulkhead.api.get<TenantBody>(`/v1/tenants/${tenant.id}`);
  expect(conditions.find(({ type }) => type === 'DriftFree')).toMatchObject({ status: 'True' });
  await worker.stop();
});

test('a tenant that is quarantined before its policies were replaced loses all that allow', async () => {
  const { tenant, namespace } = await earlierTenant();
  worker = await bulkhead.startWorker(env);
  const hold = { source: 'security', effect: 'quarantine', reason: 'Because.' };
  const { operation } = await bulkhead.api.change('POST', `/v1/tenants/${tenant.id}/holds`, hold);
  expect(operation).toMatchObject({ state: 'succeeded', error: null });
  expect(await namesIn(namespace)).toEqual(['of-the-tenant', 'tenant-default-deny']);
  await worker.stop();
});
