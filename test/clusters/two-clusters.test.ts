import { AdmissionregistrationV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type OperationBody, type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { Cluster } from '../support/cluster.js';
import { notTrue } from '../support/conditions.js';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { type OwnCluster, startOwnCluster } from '../support/own-cluster.js';

/** Passes that wait for a cluster without an answer could fill all of these places. */
const CONCURRENCY = 6;

type Name = 'default' | 'second';
/** A tenant, and how long its creation took in ms. */
interface Made {
  tenant: TenantBody;
  operation: OperationBody;
  durationMs: number;
}

let own: OwnCluster;
let proxy: FaultProxy;
let bulkhead: Bulkhead;
let clusters: Record<Name, Cluster>;

beforeAll(async () => {
  [own, proxy, bulkhead] = await Promise.all([startOwnCluster(), FaultProxy.start(), Bulkhead.start()]);
  clusters = { default: new Cluster(), second: own.cluster };
  const env = { BULKHEAD_WORKER_CONCURRENCY: String(CONCURRENCY), BULKHEAD_RESYNC_SECONDS: '3600' };
  await bulkhead.startWorkerOf({ default: proxy.kubeconfig, second: own.workerKubeconfig }, env);
  // While the worker runs: it finds the cluster by itself.
  await bulkhead.database.query(`INSERT INTO clusters (id, name) VALUES (gen_random_uuid(), 'second')`);
  await eventually('both clusters are ready', async () => {
    const rows = await bulkhead.database.query<{ ready: boolean }>('SELECT facts IS NOT NULL AS ready FROM clusters');
    return rows.length === 2 && rows.every(({ ready }) => ready);
  });
});
afterAll(async () => {
  await bulkhead.stop();
  await proxy.stop();
  await own.stop();
});

async function clusterOf({ slug }: { slug: string }): Promise<Name> {
  const [row] = await bulkhead.database.query<{ name: Name }>(
    'SELECT c.name FROM tenants t JOIN clusters c ON c.id = t.cluster_id WHERE t.slug = $1',
    [slug],
  );
  if (row === undefined) throw new Error(`there is no tenant ${slug}`);
  return row.name;
}

async function create(): Promise<Made> {
  const begun = performance.now();
  const made = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug('two'), plan: 'team' });
  return { ...made, durationMs: performance.now() - begun };
}

/** Asks for tenants, two by two: one of each pair belongs to each cluster. Resolves before they are made. */
async function begin(pairs: number): Promise<Record<Name, { slug: string; made: Promise<Made> }[]>> {
  const begun: Record<Name, { slug: string; made: Promise<Made> }[]> = { default: [], second: [] };
  for (let number = 0; number < 2 * pairs; number += 1) {
    const slug = newSlug('two');
    const since = performance.now();
    const made = bulkhead.api
      .change('POST', '/v1/tenants', { slug, plan: 'team' })
      .then((result) => ({ ...result, durationMs: performance.now() - since }));
    made.catch(() => undefined);
    const name = await eventually(`${slug} is placed`, () => clusterOf({ slug }));
    begun[name].push({ slug, made });
  }
  return begun;
}

const policy = (slug: string): { namespace: string; name: string } => ({
  namespace: `tn-${slug}`,
  name: 'tenant-default-deny',
});
const isClosed = async (name: Name, slug: string): Promise<boolean> =>
  (await clusters[name].networking.readNamespacedNetworkPolicy(policy(slug))).metadata !== undefined;

async function reachable({ id }: { id: string }): Promise<TenantBody['conditions'][number] | undefined> {
  const { conditions } = await bulkhead.api.get<TenantBody>(`/v1/tenants/${id}`);
  return conditions.find(({ type }) => type === 'ClusterReachable');
}

const byId = (slug: string): Promise<TenantBody> =>
  bulkhead.api
    .get<{ items: TenantBody[] }>(`/v1/tenants?slug=${slug}`)
    .then(({ items }) => items.find((tenant) => tenant.slug === slug) as TenantBody);

const slowest = (made: readonly Made[]): number => Math.max(...made.map(({ durationMs }) => durationMs));

/** The ordinary time of creations that come together, in ms. */
let ordinaryMs: Record<Name, number>;

test('new tenants are placed where there are fewest, and are made there', async () => {
  for (const expected of ['default', 'second', 'default', 'second'] as const) {
    const { tenant, operation } = await create();
    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    expect(await clusterOf(tenant)).toBe(expected);
    const { conditions } = await bulkhead.api.get<TenantBody>(`/v1/tenants/${tenant.id}`);
    expect(notTrue(conditions)).toEqual([]);
    expect(await isClosed(expected, tenant.slug)).toBe(true);
    const other = expected === 'default' ? 'second' : 'default';
    await expect(isClosed(other, tenant.slug)).rejects.toMatchObject({ code: 404 });
  }
});

test('damage is healed on both, and nothing is left of deleted tenants', async () => {
  for (const name of ['default', 'second'] as const) {
    const { tenant } = await create();
    expect(await clusterOf(tenant)).toBe(name);
    await clusters[name].networking.deleteNamespacedNetworkPolicy(policy(tenant.slug));
    await eventually(`${tenant.slug} is closed again`, () => isClosed(name, tenant.slug));
    const { operation } = await bulkhead.api.removeTenant(tenant.id);
    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    await expect(clusters[name].core.readNamespace({ name: `tn-${tenant.slug}` })).rejects.toMatchObject({ code: 404 });
    // The next one is placed on the other cluster, as this one still was.
    if (name === 'default') expect(await clusterOf((await create()).tenant)).toBe('default');
  }
});

test('isolation checks, previews and policies ask the cluster of the tenant', async () => {
  const pair = [await create(), await create()].map(({ tenant }) => tenant);
  for (const { id } of pair) {
    const answer = await bulkhead.api.send('POST', `/v1/tenants/${id}/isolation-checks`);
    expect(answer.status).toBe(202);
    const location = answer.headers.get('location') ?? '';
    const check = await eventually('the check ends', async () => {
      const body = await bulkhead.api.get<{ state: string; report: { summary: { failed: number } } }>(location);
      return ['succeeded', 'failed'].includes(body.state) && body;
    });
    expect(check, JSON.stringify(check)).toMatchObject({ state: 'succeeded', report: { summary: { failed: 0 } } });
    const preview = await bulkhead.api.send('POST', `/v1/tenants/${id}/preview`, { labels: { region: 'eu' } });
    expect(preview.status, JSON.stringify(preview.body)).toBe(200);
  }
});

describe.each(['second', 'default'] as const)('while the cluster "%s" is away', (away) => {
  const here = away === 'second' ? 'default' : 'second';
  let absent: { slug: string; made: Promise<Made> }[];
  let comeBack: () => Promise<void>;

  beforeAll(async () => {
    const before = await begin(CONCURRENCY);
    const durations = async (name: Name): Promise<number> =>
      slowest(await Promise.all(before[name].map(({ made }) => made)));
    ordinaryMs = { default: await durations('default'), second: await durations('second') };
    if (away === 'second') {
      await own.plane.stopApiServer('SIGKILL');
      comeBack = () => own.plane.startApiServer();
    } else {
      // It takes requests and never answers, which is what costs the most time.
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const remove = proxy.use(() => ({ kind: 'hold', when: 'before', until: promise }));
      comeBack = () => {
        remove();
        resolve(undefined);
        return Promise.resolve();
      };
    }
  });

  test('tenants of the other are made in their ordinary time', async () => {
    const begun = await begin(2 * CONCURRENCY);
    absent = begun[away];
    expect(absent.length).toBeGreaterThan(CONCURRENCY);
    const made = await Promise.all(begun[here].map((each) => each.made));
    expect(made.length).toBeGreaterThan(CONCURRENCY);
    for (const { operation } of made) expect(operation).toMatchObject({ state: 'succeeded', error: null });
    // Twice as many at once, on a machine that others use too; one timeout alone would be 15 s.
    expect(slowest(made)).toBeLessThan(4 * ordinaryMs[here] + 4_000);
  });

  test('its tenants say so', async () => {
    for (const { slug } of absent.slice(0, 3)) {
      const { id } = await byId(slug);
      await eventually(`${slug} is known to be cut off`, async () => (await reachable({ id }))?.status === 'False');
      expect(await reachable({ id })).toMatchObject({ reason: 'ClusterUnreachable' });
    }
  });

  test('a policy is in force only when it is on both', async () => {
    const id = newSlug('policy');
    const rule = {
      cel: {
        match: [{ apiGroups: [''], resources: ['configmaps'] }],
        validations: [{ expression: "object.metadata.name != 'forbidden'", message: 'Not this name.' }],
      },
    };
    const body = { id, target: { all: true }, mode: 'enforce', rule };
    expect((await bulkhead.api.send('POST', '/v1/policies', body)).status).toBe(202);
    const state = (): Promise<{ state: string; message: string | null }> => bulkhead.api.get(`/v1/policies/${id}`);
    await eventually('the policy names the cluster', async () => (await state()).message?.includes(`"${away}"`));
    expect(await state()).toMatchObject({ state: 'pending' });
    await comeBack();
    await eventually('the policy is in force', async () => (await state()).state === 'in-force');
    for (const cluster of Object.values(clusters)) {
      const { items } = await cluster.client(AdmissionregistrationV1Api).listValidatingAdmissionPolicy();
      const annotated = items.filter(({ metadata }) => metadata?.annotations?.['bulkhead.io/policy'] === id);
      expect(annotated).toHaveLength(1);
    }
    expect((await bulkhead.api.send('DELETE', `/v1/policies/${id}`)).status).toBe(202);
    await eventually('the policy is gone', async () => {
      return (await bulkhead.api.send('GET', `/v1/policies/${id}`)).status === 404;
    });
  });

  test('its tenants come back with it', async () => {
    for (const { slug, made } of absent) {
      expect((await made).operation, slug).toMatchObject({ state: 'succeeded', error: null });
      expect(await reachable((await made).tenant)).toMatchObject({ status: 'True' });
    }
  });
});

test('a tenant whose cluster the worker has no connection to is not reachable', async () => {
  const { tenant } = await create();
  const home = await clusterOf(tenant);
  const { database } = bulkhead;
  const move = (name: string): Promise<unknown> =>
    database.query('UPDATE tenants SET cluster_id = (SELECT id FROM clusters WHERE name = $1) WHERE slug = $2', [
      name,
      tenant.slug,
    ]);
  await database.query(`INSERT INTO clusters (id, name) VALUES (gen_random_uuid(), 'third')`);
  await move('third');
  const change = await bulkhead.api.send('PATCH', `/v1/tenants/${tenant.id}`, { labels: { region: 'eu' } });
  expect(change.status).toBe(202);
  await eventually('it is known to be cut off', async () => (await reachable(tenant))?.status === 'False');
  expect(await reachable(tenant)).toMatchObject({
    reason: 'ClusterUnreachable',
    message: expect.stringContaining('has no connection to the cluster') as string,
  });
  await move(home);
  await database.query(`DELETE FROM clusters WHERE name = 'third'`);
  await eventually('it comes back', async () => (await reachable(tenant))?.status === 'True');
});
