import { afterAll, beforeAll, expect, test } from 'vitest';

import { type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { type LinkBody, linkOnce, makeService, proposeLink } from '../support/links.js';

const cluster = new Cluster();
let proxy: FaultProxy;
let bulkhead: Bulkhead;
beforeAll(async () => {
  proxy = await FaultProxy.start();
  bulkhead = await Bulkhead.start({ kubeconfig: proxy.kubeconfig });
});
afterAll(async () => {
  await bulkhead.stop();
  await proxy.stop();
});

async function newTenant(): Promise<TenantBody> {
  return (await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'team' })).tenant;
}
const standing = async (...tenants: TenantBody[]): Promise<string[]> => {
  const lists = tenants.map(({ slug }) => cluster.networking.listNamespacedNetworkPolicy({ namespace: `tn-${slug}` }));
  const names = (await Promise.all(lists)).flatMap(({ items }) => items.map(({ metadata }) => metadata?.name ?? ''));
  return names.filter((name) => name.startsWith('link-')).sort();
};
const active = (id: string): Promise<LinkBody> => linkOnce(bulkhead.api, id, ({ state }) => state === 'active');
const failure = {
  kind: 'answer',
  status: 500,
  body: { kind: 'Status', code: 500, message: 'the test says so' },
} as const;

test('a link is not called active while the provider’s side cannot be written, and a worker that dies loses nothing', async () => {
  let worker = await bulkhead.startWorker();
  const [provider, consumer] = [await newTenant(), await newTenant()];
  await makeService(cluster, provider);
  const stopFailing = proxy.use(({ isWrite, path }) => (isWrite && path.endsWith('-provider') ? failure : undefined));
  const { id } = await proposeLink(bulkhead.api, { provider, consumer });
  const half = await linkOnce(bulkhead.api, id, (link) => link.consumer.inForce);
  expect(half).toMatchObject({ state: 'approved', provider: { inForce: false } });

  // It dies in the middle; the next one begins with what is on record.
  await worker.stop('SIGKILL');
  stopFailing();
  worker = await bulkhead.startWorker();
  await active(id);
  expect(await standing(provider, consumer)).toHaveLength(2);

  // Nobody is there when it is revoked.
  await worker.stop('SIGKILL');
  await bulkhead.api.send('DELETE', `/v1/links/${id}`);
  worker = await bulkhead.startWorker();
  await eventually('it is gone', async () => (await standing(provider, consumer)).length === 0);
  await worker.stop();
});

test('every request for a link that fails once, is not heard of, or arrives twice leaves it as it should be', async () => {
  const worker = await bulkhead.startWorker();
  const [provider, consumer] = [await newTenant(), await newTenant()];
  await makeService(cluster, provider);
  for (const fault of [failure, { kind: 'lose-reply' }, { kind: 'drop' }, { kind: 'repeat' }] as const) {
    const met = new Set<string>();
    const stop = proxy.use(({ method, path }) => {
      const isOfLink = /\/networkpolicies\/link-|\/services\/api$/.test(path);
      const step = `${method} ${path}`;
      if (!isOfLink || met.has(step)) return undefined;
      met.add(step);
      return fault;
    });
    // What fails for a look at the Service is looked at again after ten seconds; here at once.
    const lookAgain = setInterval(() => {
      void bulkhead.database.query('UPDATE links SET resolve_at = now() WHERE ended_at IS NULL AND resolution IS NULL');
    }, 500);
    const { id } = await proposeLink(bulkhead.api, { provider, consumer });
    await active(id);
    clearInterval(lookAgain);
    expect(await standing(provider, consumer)).toHaveLength(2);
    await bulkhead.api.send('DELETE', `/v1/links/${id}`);
    await eventually(`it is gone (${fault.kind})`, async () => (await standing(provider, consumer)).length === 0);
    stop();
    expect(met.size, fault.kind).toBeGreaterThanOrEqual(4);
  }
  await worker.stop();
});

test('a tenant with more network policies than its share cannot keep Bulkhead’s own out', async () => {
  await bulkhead.startWorker();
  const id = newSlug('plan');
  const specOf = (networkPolicies: number): object => ({ quota: { cpu: '1', memory: '1Gi', networkPolicies } });
  await bulkhead.api.send('POST', '/v1/plans', { id, displayName: id, spec: specOf(2) });
  const { tenant: provider } = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: id });
  const namespace = `tn-${provider.slug}`;
  const own = (name: string): Promise<unknown> => {
    const body = { metadata: { name }, spec: { podSelector: {}, policyTypes: ['Ingress'] } };
    return cluster.networking.createNamespacedNetworkPolicy({ namespace, body });
  };
  const fill = async (): Promise<never> => {
    for (let count = 0; ; count += 1) await own(`own-${count}`);
  };
  await expect(fill()).rejects.toThrow(/exceeded quota/);
  const limit = async (): Promise<string | undefined> => {
    const { spec } = await cluster.core.readNamespacedResourceQuota({ namespace, name: 'tenant-quota-access' });
    return spec?.hard?.['count/networkpolicies.networking.k8s.io'];
  };
  const before = Number(await limit());
  await bulkhead.api.send('POST', `/v1/plans/${id}/versions`, { spec: specOf(0) });
  await bulkhead.api.change('PATCH', `/v1/tenants/${provider.id}`, { plan: id });
  expect(await limit()).toBe(String(before - 2));

  await makeService(cluster, provider);
  const link = await proposeLink(bulkhead.api, { provider, consumer: await newTenant() });
  await active(link.id);
  // One more for the link, and none for the tenant.
  await eventually('the quota has its own size again', async () => (await limit()) === String(before - 1));
  await expect(own('another')).rejects.toThrow(/exceeded quota/);

  // Nor does it keep out what closes it.
  const wall = { namespace, name: 'tenant-default-deny' };
  await cluster.networking.deleteNamespacedNetworkPolicy(wall);
  await own('in-its-place').catch(() => undefined);
  await eventually('the wall stands again', () => cluster.networking.readNamespacedNetworkPolicy(wall));
  await eventually('the quota has its own size again', async () => (await limit()) === String(before - 1));
  const { conditions } = await bulkhead.api.get<TenantBody>(`/v1/tenants/${provider.id}`);
  expect(conditions.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'True' });
});
