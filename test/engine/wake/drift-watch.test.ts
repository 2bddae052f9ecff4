import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster, workerWrites } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';
import { FaultProxy } from '../../support/fault-proxy.js';
import { logLeases, readLeases } from '../../support/lease-log.js';

/** Long enough that whatever is healed here is healed because a watch told of it. */
const resync = { BULKHEAD_RESYNC_SECONDS: '3600' };
const deny = 'tenant-default-deny';

test('a worker takes what it has just written for no drift, however late its watches tell of it', async () => {
  const bulkhead = await Bulkhead.start({ env: resync });
  try {
    await logLeases(bulkhead.database);
    await bulkhead.startWorker();
    const slugs = Array.from({ length: 16 }, () => newSlug('own'));
    await Promise.all(slugs.map((slug) => bulkhead.api.change('POST', '/v1/tenants', { slug, plan: 'team' })));
    await atRest(bulkhead);
    // A step that had to be tried again may have needed another pass.
    const smooth = await bulkhead.database.query<{ id: string }>(
      `SELECT tenant_id AS id FROM operations o
       WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(o.steps) step WHERE (step ->> 'attempts')::int > 1)`,
    );
    expect(smooth.length).toBeGreaterThan(slugs.length / 2);
    const taken = (await readLeases(bulkhead.database)).filter(({ kind }) => kind === 'acquired');
    for (const { id } of smooth) expect(taken.filter(({ tenant }) => tenant === id)).toHaveLength(1);
  } finally {
    await bulkhead.stop();
  }
});

test('a worker that starts takes no tenant for changed while it does not know every kind yet', async () => {
  const [proxy, { promise: listed, resolve: list }] = [await FaultProxy.start(), Promise.withResolvers<undefined>()];
  const bulkhead = await Bulkhead.start({ env: resync });
  try {
    const first = await bulkhead.startWorker();
    const slugs = Array.from({ length: 4 }, () => newSlug('start'));
    await Promise.all(slugs.map((slug) => bulkhead.api.change('POST', '/v1/tenants', { slug, plan: 'team' })));
    await atRest(bulkhead);
    await first.stop();
    await logLeases(bulkhead.database);

    const watched = new Set<string>();
    proxy.use(({ path, query }) => {
      if (query.has('watch')) watched.add(path);
      const isHeld = path === '/apis/networking.k8s.io/v1/networkpolicies' && !query.has('watch');
      return isHeld ? { kind: 'hold', when: 'before', until: listed } : undefined;
    });
    await bulkhead.startWorker({ BULKHEAD_KUBECONFIG: proxy.kubeconfig });
    await eventually('every other kind is watched', () =>
      Promise.resolve(['namespaces', 'resourcequotas', 'rolebindings'].every((kind) => isIn(watched, kind))),
    );
    await atRest(bulkhead);
    list(undefined);
    await eventually('all are watched', () => Promise.resolve(isIn(watched, 'networkpolicies')));
    await atRest(bulkhead);
    expect(await readLeases(bulkhead.database)).toEqual([]);
  } finally {
    list(undefined);
    await bulkhead.stop();
    await proxy.stop();
  }
});

describe('workers that watch the same tenants', () => {
  let bulkhead: Bulkhead;
  const cluster = new Cluster();
  const slugs = Array.from({ length: 8 }, () => newSlug('watched'));

  beforeAll(async () => {
    bulkhead = await Bulkhead.start({ env: resync });
    await Promise.all([bulkhead.startWorker(), bulkhead.startWorker()]);
    await Promise.all(slugs.map((slug) => bulkhead.api.change('POST', '/v1/tenants', { slug, plan: 'team' })));
  });
  afterAll(() => bulkhead.stop());

  const policyOf = (slug: string): { namespace: string; name: string } => ({ namespace: `tn-${slug}`, name: deny });
  const isThere = (slug: string): Promise<unknown> => cluster.networking.readNamespacedNetworkPolicy(policyOf(slug));

  test('make what was deleted again, each object once', async () => {
    const before = new Map(slugs.map((slug) => [slug, workerWrites(`tn-${slug}`).length]));
    for (const slug of slugs) await cluster.networking.deleteNamespacedNetworkPolicy(policyOf(slug));
    for (const slug of slugs) await eventually(`${slug} is closed again`, () => isThere(slug));
    await atRest(bulkhead);
    for (const slug of slugs) {
      const writes = workerWrites(`tn-${slug}`).slice(before.get(slug));
      expect(writes.map(({ verb, requestURI }) => `${verb} ${requestURI.split('?')[0] ?? ''}`)).toEqual([
        `create /apis/networking.k8s.io/v1/namespaces/tn-${slug}/networkpolicies`,
      ]);
    }
  });

  test('put a label back that was taken off, which hides the object from them', async () => {
    const [slug = ''] = slugs;
    const policy = await cluster.networking.readNamespacedNetworkPolicy(policyOf(slug));
    const { 'bulkhead.io/tenant-id': tenantId, ...others } = policy.metadata?.labels ?? {};
    Object.assign(policy.metadata ?? {}, { labels: others });
    await cluster.networking.replaceNamespacedNetworkPolicy({ ...policyOf(slug), body: policy });
    await eventually('the label is back', async () => {
      const { metadata } = await cluster.networking.readNamespacedNetworkPolicy(policyOf(slug));
      return metadata?.labels?.['bulkhead.io/tenant-id'] === tenantId;
    });
  });

  test('leave the status and what is not theirs alone', async () => {
    const [, slug = ''] = slugs;
    const namespace = `tn-${slug}`;
    const before = workerWrites(namespace).length;
    // Counted by the quota, so its status changes; and an annotation that somebody adds is theirs.
    await cluster.core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'theirs' } } });
    const ours = await cluster.core.readNamespace({ name: namespace });
    Object.assign(ours.metadata ?? {}, { annotations: { ...ours.metadata?.annotations, note: 'theirs' } });
    await cluster.core.replaceNamespace({ name: namespace, body: ours });
    await eventually('the inventory knows the namespace as it is now', async () => {
      const [row] = await bulkhead.database.query<{ looked: boolean }>(
        `SELECT applied_at > now() - interval '5 seconds' AS looked FROM tenant_objects WHERE kind = 'Namespace' AND name = $1`,
        [namespace],
      );
      return row?.looked;
    });
    expect(workerWrites(namespace)).toHaveLength(before);
    expect((await cluster.core.readNamespace({ name: namespace })).metadata?.annotations).toMatchObject({
      note: 'theirs',
    });
  });
});

const isIn = (paths: ReadonlySet<string>, kind: string): boolean =>
  [...paths].some((path) => path.endsWith(`/${kind}`));

/** Resolves when no pass is under way and none has begun for a while. */
async function atRest({ database }: Bulkhead): Promise<void> {
  let epochs = '';
  let quietSince = Date.now();
  await eventually('no pass begins any more', async () => {
    const rows = await database.query('SELECT lease_epoch, lease_until FROM tenants ORDER BY id');
    if (JSON.stringify(rows) !== epochs) quietSince = Date.now();
    epochs = JSON.stringify(rows);
    return Date.now() - quietSince > 1_000;
  });
}
