import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ApiAnswer } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster, workerWrites } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';

interface TenantPreview {
  id: string;
  token: string;
  tenantId: string;
  generation: number;
  plan: { id: string; version: number };
  changes: {
    object: string;
    action: string;
    fields: { path: string; before: unknown; after: unknown }[];
    tried: boolean;
    note: string | null;
    refused: string | null;
  }[];
  totals: { create: number; update: number; delete: number };
  quota: { fits: boolean; excess: { environment: string; resource: string; used: string; newHard: string }[] };
  problems: { code: string }[];
}

let bulkhead: Bulkhead;
const cluster = new Cluster();
const alice = { kind: 'User', name: 'alice@acme.example', role: 'tenant-admin' };

beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  await bulkhead.startWorker();
});
afterAll(() => bulkhead.stop());

async function create(body: object): Promise<{ id: string; namespace: string }> {
  const slug = newSlug('preview');
  const { tenant, operation } = await bulkhead.api.change('POST', '/v1/tenants', { slug, plan: 'team', ...body });
  expect(operation.state).toBe('succeeded');
  return { id: tenant.id, namespace: `tn-${slug}` };
}

async function previewOf(id: string, body: object): Promise<TenantPreview> {
  const answer = await bulkhead.api.send('POST', `/v1/tenants/${id}/preview`, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  expect(answer.headers.get('preview-match')).toBe(`"${String(answer.body['token'])}"`);
  return answer.body as unknown as TenantPreview;
}

const patch = (id: string, body: object, token: string): Promise<ApiAnswer> =>
  bulkhead.api.send('PATCH', `/v1/tenants/${id}`, body, { 'if-preview-match': `"${token}"` });

/** Columns that an ordinary look of a worker at the tenant may write. */
const passes = [
  'observed_at',
  'next_reconcile_at',
  'lease_epoch',
  'lease_owner',
  'lease_until',
  'fingerprint',
  'applied_at',
];

/** All rows of a tenant, and the plans. */
async function stored(id: string): Promise<unknown> {
  const tables = await bulkhead.database.query(
    `SELECT (SELECT jsonb_agg(to_jsonb(t) - $1::text[] ORDER BY t.id) FROM tenants t) AS tenants,
       (SELECT jsonb_agg(o ORDER BY o.id) FROM operations o) AS operations,
       (SELECT jsonb_agg(e ORDER BY e) FROM environments e) AS environments,
       (SELECT jsonb_agg(to_jsonb(i) - $1::text[] ORDER BY i.namespace, i.kind, i.name) FROM tenant_objects i) AS objects,
       (SELECT jsonb_agg(v ORDER BY v) FROM plan_versions v) AS plans`,
    [passes],
  );
  return [tables, await bulkhead.api.get(`/v1/tenants/${id}`)];
}

async function versionsOf(namespace: string): Promise<unknown> {
  const { items: policies } = await cluster.networking.listNamespacedNetworkPolicy({ namespace });
  const { items: bindings } = await cluster.rbac.listNamespacedRoleBinding({ namespace });
  return [...policies, ...bindings].map(({ metadata }) => [metadata?.name, metadata?.resourceVersion]);
}

describe('a preview of a change of a tenant', () => {
  test('lists what would be created, updated and deleted, and changes nothing at all', async () => {
    const { id, namespace } = await create({ members: [alice] });
    const before = {
      stored: await stored(id),
      versions: await versionsOf(namespace),
      hard: await cluster.quota(namespace),
    };
    const writes = workerWrites(namespace).length;

    const bob = { kind: 'Group', name: 'auditors', role: 'tenant-viewer' };
    const preview = await previewOf(id, { plan: 'free', members: [bob] });
    expect(preview).toMatchObject({ tenantId: id, generation: 1, plan: { id: 'free', version: 1 }, problems: [] });
    const of = (action: string): string[] =>
      preview.changes.filter((change) => change.action === action).map(({ object }) => object);
    expect(of('create')).toEqual([`rbac.authorization.k8s.io/v1/RoleBinding/${namespace}/bulkhead-tenant-viewer`]);
    expect(of('delete')).toContain(`rbac.authorization.k8s.io/v1/RoleBinding/${namespace}/bulkhead-tenant-admin`);
    const quota = preview.changes.find(({ object }) => object === `v1/ResourceQuota/${namespace}/tenant-quota`);
    expect(quota).toMatchObject({ action: 'update', tried: true, refused: null });
    const pods = quota?.fields.find(({ path }) => path === '/spec/hard/pods');
    expect(pods?.before).toBe(before.hard['pods']);
    expect(preview.totals).toEqual({
      create: of('create').length,
      update: of('update').length,
      delete: of('delete').length,
    });

    const during = workerWrites(namespace).slice(writes);
    expect(during.length).toBeGreaterThan(0);
    expect(during.filter(({ requestURI }) => !requestURI.includes('dryRun=All'))).toEqual([]);
    expect(await stored(id)).toEqual(before.stored);
    expect(await versionsOf(namespace)).toEqual(before.versions);
    expect(await cluster.quota(namespace)).toEqual(before.hard);

    // The change does exactly what was previewed.
    const accepted = await patch(id, { members: [bob], plan: 'free' }, preview.token);
    expect(accepted.status).toBe(202);
    await bulkhead.api.get(`${accepted.headers.get('location') ?? ''}?wait=45`);
    expect((await cluster.quota(namespace))['pods']).toBe(pods?.after);
    expect((await previewOf(id, { plan: 'free' })).changes).toEqual([]);
  });

  test('reports usage that does not fit into the new quota', async () => {
    const { id, namespace } = await create({});
    const spec = (await bulkhead.api.get<{ spec: { quota: object } }>('/v1/plans/team')).spec;
    const tight = newSlug('tight');
    const body = {
      id: tight,
      displayName: 'Tight',
      spec: { ...spec, environments: { max: 1 }, quota: { ...spec.quota, configMaps: 2 } },
    };
    expect((await bulkhead.api.send('POST', '/v1/plans', body)).status).toBe(201);
    for (const name of ['one', 'two', 'three']) {
      await cluster.core.createNamespacedConfigMap({ namespace, body: { metadata: { name } } });
    }
    // The cluster's own count matters. A recount can miss objects created in the meantime, until the next one.
    const used = await eventually('the cluster has counted', async () => {
      const { status } = await cluster.core.readNamespacedResourceQuota({ namespace, name: 'tenant-quota' });
      const counted = status?.used?.['configmaps'] ?? '0';
      return Number(counted) > 2 && counted;
    });
    const { quota } = await previewOf(id, { plan: tight });
    expect(quota.fits).toBe(false);
    expect(quota.excess).toMatchObject([{ environment: 'main', resource: 'configmaps', used, newHard: '2' }]);
    expect((await previewOf(id, { displayName: 'Other' })).quota).toMatchObject({ fits: true, excess: [] });
  });

  test('shows objects that cannot be dry-run as rendered, with a note', async () => {
    const own = await Bulkhead.start();
    try {
      const slug = newSlug('fresh');
      const worker = await own.startWorker();
      const { tenant } = await own.api.change('POST', '/v1/tenants', { slug, plan: 'free' });
      await worker.stop();
      await cluster.core.deleteNamespace({ name: `tn-${slug}` });
      await eventually('the namespace is gone', async () => {
        const { items } = await cluster.core.listNamespace({ fieldSelector: `metadata.name=tn-${slug}` });
        return items.length === 0;
      });
      // A pass would make it again; a tenant that another worker has the lease of gets none.
      await own.database.query(
        "UPDATE tenants SET lease_owner = 'test', lease_until = now() + interval '1 hour', next_reconcile_at = now() + interval '1 hour'",
      );
      await own.startWorker();
      const answer = await own.api.send('POST', `/v1/tenants/${tenant.id}/preview`, {});
      expect(answer.status).toBe(200);
      const { changes } = answer.body as unknown as TenantPreview;
      expect(changes.find(({ object }) => object === `v1/Namespace/tn-${slug}`)).toMatchObject({
        action: 'create',
        tried: true,
      });
      const deny = changes.find(({ object }) => object.endsWith('/tenant-default-deny'));
      expect(deny).toMatchObject({ action: 'create', tried: false, refused: null });
      expect(deny?.note).toContain('does not exist yet');
      expect(deny?.fields.map(({ path }) => path)).toContain('/spec/podSelector');
    } finally {
      await own.stop();
    }
  });
});

describe('If-Preview-Match', () => {
  const stale = { status: 412, body: { code: 'precondition.preview_stale' } };

  test('accepts exactly the previewed change, once', async () => {
    const { id } = await create({});
    const { token } = await previewOf(id, { plan: 'free', displayName: 'Small' });
    expect(await patch(id, { displayName: 'Large', plan: 'free' }, token)).toMatchObject(stale);
    expect(await patch(id, { plan: 'free' }, token)).toMatchObject(stale);
    expect(await patch(id, { plan: 'free', displayName: 'Small' }, `${token}x`)).toMatchObject(stale);
    expect(await patch(id, { displayName: 'Small', plan: 'free' }, token)).toMatchObject({ status: 202 });
    expect(await patch(id, { displayName: 'Small', plan: 'free' }, token)).toMatchObject(stale);
    expect(await bulkhead.api.get(`/v1/tenants/${id}`)).toMatchObject({ generation: 2, displayName: 'Small' });
  });

  test('is refused after another change, for another tenant and after a new version of the plan', async () => {
    const [first, second] = [await create({}), await create({})];
    const plan = newSlug('moving');
    const { spec } = await bulkhead.api.get<{ spec: { quota: object } }>('/v1/plans/team');
    await bulkhead.api.send('POST', '/v1/plans', { id: plan, displayName: 'Moving', spec });
    const { token } = await previewOf(first.id, { plan });
    expect(await patch(second.id, { plan }, token)).toMatchObject(stale);
    const version = { spec: { ...spec, quota: { ...spec.quota, pods: 60 } } };
    expect((await bulkhead.api.send('POST', `/v1/plans/${plan}/versions`, version)).status).toBe(201);
    expect(await patch(first.id, { plan }, token)).toMatchObject(stale);
    const again = await previewOf(first.id, { plan });
    expect(again.plan.version).toBe(2);
    await bulkhead.api.change('PATCH', `/v1/tenants/${first.id}`, {});
    expect(await patch(first.id, { plan }, again.token)).toMatchObject(stale);
  });

  test('a token that no preview issued is refused, even with the right hash', async () => {
    const { id } = await create({});
    const { token } = await previewOf(id, { displayName: 'X' });
    await bulkhead.database.query('DELETE FROM previews WHERE token = $1', [token]);
    expect(await patch(id, { displayName: 'X' }, token)).toMatchObject(stale);
  });
});

test('a preview of a plan lists each tenant, page by page, and creates no version', async () => {
  const plan = newSlug('paged');
  const { spec } = await bulkhead.api.get<{ spec: { quota: object; environments: object } }>('/v1/plans/team');
  await bulkhead.api.send('POST', '/v1/plans', { id: plan, displayName: 'Paged', spec });
  const tenants = [
    await create({ plan }),
    await create({ plan, environments: ['main', 'staging'] }),
    await create({ plan }),
  ];
  const smaller = { ...spec, environments: { default: ['main'], max: 1 }, quota: { ...spec.quota, pods: 10 } };
  const path = `/v1/plans/${plan}/preview`;
  const send = async (query: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await bulkhead.api.send('POST', path + query, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body;
  };
  const first = await send('?limit=2', { spec: smaller });
  expect(first).toMatchObject({
    planId: plan,
    version: 2,
    totals: { tenants: 3, withProblems: 1, doNotFit: 0 },
    items: [
      { tenantId: tenants[0]?.id, problems: [] },
      { tenantId: tenants[1]?.id, problems: [{ code: 'tenant.plan_limit' }], changes: [] },
    ],
  });
  const second = await send(`?limit=2&cursor=${String(first['nextCursor'])}`, { spec: smaller });
  expect(second).toMatchObject({ items: [{ tenantId: tenants[2]?.id }], nextCursor: null });
  const [item] = second['items'] as TenantPreview[];
  const quota = item?.changes.find(({ object }) => object.endsWith('/tenant-quota'));
  expect(quota?.fields).toContainEqual({ path: '/spec/hard/pods', before: expect.any(String) as string, after: '10' });
  const chosen = await send('', { spec: smaller, tenantIds: [tenants[2]?.id] });
  expect(chosen).toMatchObject({ totals: { tenants: 1 }, items: [{ tenantId: tenants[2]?.id }] });
  expect(await bulkhead.api.get(`/v1/plans/${plan}`)).toMatchObject({ latestVersion: 1 });
});

test('a question whose job was lost is answered, unless its caller no longer waits', async () => {
  const { id } = await create({});
  const ask = async (more: { age?: string; state?: string; claimedUntil?: string }): Promise<string> => {
    const [row] = await bulkhead.database.query<{ id: string }>(
      `INSERT INTO previews (id, kind, subject, request, requested_by, state, created_at, claimed_until)
       VALUES (gen_random_uuid(), 'tenant', $1, '{"displayName":"Other"}', 'test', $2, now() - $3::interval,
         now() + $4::interval) RETURNING id`,
      [id, more.state ?? 'pending', more.age ?? '0', more.claimedUntil ?? null],
    );
    return row?.id ?? '';
  };
  const stateOf = async (question: string): Promise<string> => {
    const [row] = await bulkhead.database.query<{ state: string }>('SELECT state FROM previews WHERE id = $1', [
      question,
    ]);
    return row?.state ?? '';
  };
  const late = await ask({ age: '61 seconds' });
  const taken = await ask({ state: 'running', claimedUntil: '1 hour' });
  const lost = await ask({ state: 'running', claimedUntil: '-1 second' });
  const waiting = await Promise.all(Array.from({ length: 4 }, () => ask({})));
  for (const question of [lost, ...waiting]) {
    await eventually('it is answered', async () => (await stateOf(question)) === 'succeeded');
  }
  expect(await stateOf(late)).toBe('pending');
  expect(await stateOf(taken)).toBe('running');
});
