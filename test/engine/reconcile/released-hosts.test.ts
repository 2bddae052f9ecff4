import { type KubernetesObject } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Adversary } from '../../isolation/escapes/adversary.js';
import { type TenantBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { type Cluster } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';
import { installMeshCrds } from '../../support/mesh-crds.js';
import { type OwnCluster, startOwnCluster } from '../../support/own-cluster.js';

let own: OwnCluster;
let cluster: Cluster;
let bulkhead: Bulkhead;

beforeAll(async () => {
  own = await startOwnCluster();
  cluster = own.cluster;
  await installMeshCrds(own.plane, 'gateway-api');
  bulkhead = await Bulkhead.start({ kubeconfig: own.workerKubeconfig });
  await bulkhead.startWorker();
});
afterAll(async () => {
  await bulkhead.stop();
  await own.stop();
});

const newTenant = async (): Promise<TenantBody> =>
  (await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'team' })).tenant;
const namespaceOf = ({ slug }: TenantBody): string => `tn-${slug}`;
const give = (tenant: TenantBody, host: string): ReturnType<typeof bulkhead.api.change> =>
  bulkhead.api.change('POST', `/v1/tenants/${tenant.id}/hosts`, { host });

const backend = { service: { name: 'web', port: { number: 80 } } };
const ingress = (tenant: TenantBody, name: string, hosts: string[]): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name, namespace: namespaceOf(tenant) },
  ...({
    spec: {
      rules: hosts.map((host) => ({ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } })),
      tls: [{ hosts, secretName: 'tls' }],
    },
  } as object),
});
const route = (tenant: TenantBody, kind: string, name: string, hostnames: string[]): KubernetesObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind,
  metadata: { name, namespace: namespaceOf(tenant) },
  ...({ spec: { hostnames, parentRefs: [{ name: 'shared', namespace: 'platform' }] } } as object),
});

/** The hosts that each object of a tenant names, by kind and name. */
async function hostsNamed(tenant: TenantBody): Promise<Record<string, string[]>> {
  const kinds = [
    ['networking.k8s.io/v1', 'Ingress'],
    ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
    ['gateway.networking.k8s.io/v1', 'GRPCRoute'],
  ] as const;
  const lists = await Promise.all(
    kinds.map(async ([apiVersion, kind]) => {
      const { items } = await cluster.objects.list(apiVersion, kind, namespaceOf(tenant));
      return items.map((item) => {
        const { rules = [], hostnames, tls = [] } = (item as never as { spec: Spec }).spec;
        const named = [
          ...(hostnames ?? rules.map(({ host = '' }) => host)),
          ...tls.flatMap((each) => each.hosts ?? []),
        ];
        return [`${kind} ${item.metadata?.name ?? ''}`, [...new Set(named)].sort()] as const;
      });
    }),
  );
  return Object.fromEntries(lists.flat());
}
interface Spec {
  hostnames?: string[];
  rules?: { host?: string }[];
  tls?: { hosts?: string[] }[];
}

describe('a host that a tenant has lost', () => {
  test('is taken out of all that it wrote, and of nothing else, before another tenant can have it', async () => {
    const [first, second] = [await newTenant(), await newTenant()];
    const [lost, kept] = [`shop.${first.slug}.example`, `api.${first.slug}.example`];
    for (const host of [lost, kept]) await give(first, host);
    // By an administrator: who wrote them makes no difference.
    for (const object of [
      ingress(first, 'only', [lost]),
      ingress(first, 'below', [`eu.${lost}`, kept]),
      ingress(first, 'other', [kept]),
      route(first, 'HTTPRoute', 'only', [lost]),
      route(first, 'HTTPRoute', 'both', [lost, kept]),
      route(first, 'GRPCRoute', 'only', [`eu.${lost}`]),
    ]) {
      await cluster.objects.create(object);
    }
    const { operation } = await bulkhead.api.change('DELETE', `/v1/tenants/${first.id}/hosts/${lost}`);
    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    expect(await hostsNamed(first)).toEqual({
      'Ingress below': [kept],
      'Ingress other': [kept],
      'HTTPRoute both': [kept],
    });
    expect((await give(second, lost)).operation).toMatchObject({ state: 'succeeded' });
    await cluster.objects.create(ingress(second, 'web', [lost]));
    expect(await hostsNamed(second)).toEqual({ 'Ingress web': [lost] });
  });

  test('stays taken until the cluster is as it should be, and can be given back', async () => {
    const [first, second] = [await newTenant(), await newTenant()];
    const host = `${first.slug}.example`;
    await give(first, host);
    await cluster.objects.create(ingress(first, 'web', [host]));
    const { generation } = await bulkhead.api.get<TenantBody>(`/v1/tenants/${first.id}`);
    // As it is between the request and the pass.
    await bulkhead.database.query(`UPDATE hosts SET removed_in = ${generation + 1} WHERE host = '${host}'`);
    const taken = await bulkhead.api.send('POST', `/v1/tenants/${second.id}/hosts`, { host });
    expect(taken).toMatchObject({ status: 409, body: { code: 'host.taken' } });
    expect(JSON.stringify(taken.body)).toContain('is being taken from another tenant');
    expect((await give(first, host)).operation).toMatchObject({ state: 'succeeded' });
    expect(await hostsNamed(first)).toEqual({ 'Ingress web': [host] });
  });

  test('is served again by nobody who writes faster than it is taken', async () => {
    const [first, second] = [await newTenant(), await newTenant()];
    const host = `${first.slug}.example`;
    await give(first, host);
    const members = [{ kind: 'User', name: 'mallory@acme.example', role: 'tenant-admin' }];
    await bulkhead.api.change('PATCH', `/v1/tenants/${first.id}`, { members });
    const mallory = new Adversary('mallory@acme.example', undefined, own.plane.adminKubeconfig);
    let written = 0;
    const stopped = new AbortController();
    const loops = Array.from({ length: 4 }, async (_, thread) => {
      for (let turn = 0; !stopped.signal.aborted; turn += 1) {
        await mallory.objects.create(ingress(first, `web-${thread}-${turn % 5}`, [host])).then(
          () => (written += 1),
          () => undefined,
        );
      }
    });
    await eventually('she writes', () => Promise.resolve(written > 4));
    const { operation } = await bulkhead.api.change('DELETE', `/v1/tenants/${first.id}/hosts/${host}`);
    expect(operation).toMatchObject({ state: 'succeeded' });
    await give(second, host);
    stopped.abort();
    await Promise.all(loops);
    expect(await hostsNamed(first)).toEqual({});
  });
});
