import { PatchStrategy, setHeaderOptions, type V1NetworkPolicy } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type TenantBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster, workerWrites } from '../../support/cluster.js';
import { notTrue } from '../../support/conditions.js';
import { eventually } from '../../support/eventually.js';

interface DriftItem {
  object: string;
  kind: string;
  fields: { path: string; wanted: unknown; found: unknown; manager: { name: string; operation: string } | null }[];
  detectedAt: string;
  healedAt: string | null;
}
interface DriftBody {
  policy: string;
  driftFree: boolean;
  observedAt: string | null;
  items: DriftItem[];
}

let bulkhead: Bulkhead;
const cluster = new Cluster();
const mallory = 'mallory';
const mergePatch = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

beforeAll(async () => {
  bulkhead = await Bulkhead.start({ env: { BULKHEAD_RESYNC_SECONDS: '1' } });
  await bulkhead.startWorker();
});
afterAll(() => bulkhead.stop());

async function create(plan: string): Promise<{ id: string; namespace: string }> {
  const slug = newSlug('drift');
  const { tenant, operation } = await bulkhead.api.change('POST', '/v1/tenants', { slug, plan });
  expect(operation.state).toBe('succeeded');
  return { id: tenant.id, namespace: `tn-${slug}` };
}

const driftOf = (id: string): Promise<DriftBody> => bulkhead.api.get<DriftBody>(`/v1/tenants/${id}/drift`);

async function conditionsOf(id: string): Promise<Record<string, { status: string; reason: string; message: string }>> {
  const { conditions } = await bulkhead.api.get<TenantBody>(`/v1/tenants/${id}`);
  return Object.fromEntries(conditions.map((condition) => [condition.type, condition]));
}

/** Raises a quota, as `kubectl --field-manager mallory patch` would. */
async function raisePods(namespace: string): Promise<void> {
  const target = { namespace, name: 'tenant-quota', fieldManager: mallory };
  await cluster.core.patchNamespacedResourceQuota(
    { ...target, body: { spec: { hard: { pods: '9999' } } } },
    mergePatch,
  );
}

/** Opens all egress in a policy of its own that looks like one of the tenant's. */
async function addOpenPolicy(namespace: string, tenantId: string): Promise<void> {
  const body: V1NetworkPolicy = {
    metadata: { name: 'open', labels: { 'bulkhead.io/tenant-id': tenantId } },
    spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{}] },
  };
  await cluster.networking.createNamespacedNetworkPolicy({ namespace, body, fieldManager: mallory });
}

describe('with the policy "heal"', () => {
  test('a new tenant has no drift', async () => {
    const { id } = await create('free');
    const drift = await driftOf(id);
    expect(drift).toMatchObject({ policy: 'heal', driftFree: true, items: [] });
    expect(drift.observedAt).not.toBeNull();
    expect((await conditionsOf(id))['DriftFree']).toMatchObject({ status: 'True', reason: 'Settled' });
  });

  test('changes, deletions and additions by others are reported by field and manager, and healed', async () => {
    const { id, namespace } = await create('team');
    const before = (await cluster.quota(namespace))['pods'];
    await raisePods(namespace);
    await addOpenPolicy(namespace, id);
    await cluster.networking.deleteNamespacedNetworkPolicy({ namespace, name: 'tenant-default-deny' });

    const drift = await eventually('all three are healed', async () => {
      const answer = await driftOf(id);
      return answer.items.length === 3 && answer.driftFree && answer;
    });
    const byObject = [...drift.items].sort((a, b) => a.object.localeCompare(b.object));
    expect(byObject).toMatchObject([
      {
        object: `networking.k8s.io/v1/NetworkPolicy/${namespace}/open`,
        kind: 'unexpected',
        fields: [{ path: '', wanted: null, found: { spec: { egress: [{}] } }, manager: { name: mallory } }],
      },
      { object: `networking.k8s.io/v1/NetworkPolicy/${namespace}/tenant-default-deny`, kind: 'missing', fields: [] },
      {
        object: `v1/ResourceQuota/${namespace}/tenant-quota`,
        kind: 'changed',
        fields: [
          { path: '/spec/hard/pods', wanted: before, found: '9999', manager: { name: mallory, operation: 'Update' } },
        ],
      },
    ]);
    expect(drift.items.every(({ detectedAt, healedAt }) => healedAt !== null && healedAt >= detectedAt)).toBe(true);
    expect((await cluster.quota(namespace))['pods']).toBe(before);
    expect((await cluster.objectsOf(id)).filter((name) => name.endsWith('/open'))).toEqual([]);
    expect((await conditionsOf(id))['DriftFree']).toMatchObject({ status: 'True' });
  });

  test('an addition to a policy is reported with its manager', async () => {
    const { id, namespace } = await create('free');
    await cluster.networking.patchNamespacedNetworkPolicy(
      {
        namespace,
        name: 'tenant-default-deny',
        fieldManager: mallory,
        body: { metadata: { labels: { theirs: 'x' } }, spec: { egress: [{}] } },
      },
      mergePatch,
    );
    const [item] = await eventually('it is healed', async () => {
      const { items } = await driftOf(id);
      return items.length > 0 && items;
    });
    expect(item).toMatchObject({
      kind: 'changed',
      fields: [{ path: '/spec/egress', wanted: null, found: [{}], manager: { name: mallory } }],
    });
    expect(item?.fields).toHaveLength(1);
  });

  test('a change of the plan is not drift', async () => {
    const { id } = await create('team');
    await bulkhead.api.change('PATCH', `/v1/tenants/${id}`, {
      plan: 'free',
      members: [{ kind: 'User', name: 'alice', role: 'tenant-viewer' }],
    });
    await bulkhead.api.change('PATCH', `/v1/tenants/${id}`, { plan: 'team', members: null });
    expect(await driftOf(id)).toMatchObject({ driftFree: true, items: [] });
  });

  test('drift found only by a requested change is reported, too', async () => {
    const { id, namespace } = await create('team');
    await raisePods(namespace);
    await bulkhead.api.change('PATCH', `/v1/tenants/${id}`, { displayName: 'Again' });
    const { items } = await driftOf(id);
    expect(items.map(({ object }) => object)).toEqual([`v1/ResourceQuota/${namespace}/tenant-quota`]);
  });

  test('the newest hundred healed drifts of a tenant are kept', async () => {
    const { id, namespace } = await create('free');
    await bulkhead.database.query(
      `INSERT INTO tenant_drift (id, tenant_id, object, kind, fields, detected_at, healed_at)
       SELECT gen_random_uuid(), t.id, 'v1/Old/' || n, 'missing', '[]', now() - interval '1 day', now() - interval '1 day'
         FROM tenants t, generate_series(1, 150) n WHERE 'tn-' || t.slug = $1`,
      [namespace],
    );
    await raisePods(namespace);
    const items = await eventually('the quota is healed', async () => {
      const answer = await driftOf(id);
      return answer.items.some(({ object }) => object.includes('ResourceQuota')) && answer.items;
    });
    expect(items).toHaveLength(100);
    expect(items[0]?.object).toContain('ResourceQuota');
  });
});

describe('with the policy "report"', () => {
  let plan: string;
  beforeAll(async () => {
    plan = newSlug('report');
    const { spec } = await bulkhead.api.get<{ spec: object }>('/v1/plans/team');
    const body = { id: plan, displayName: 'Report', spec: { ...spec, drift: { policy: 'report' } } };
    expect((await bulkhead.api.send('POST', '/v1/plans', body)).status).toBe(201);
  });

  test('drift is reported and not healed until the tenant is changed', async () => {
    const { id, namespace } = await create(plan);
    expect((await conditionsOf(id))['DriftFree']).toMatchObject({ status: 'True' });
    const writes = workerWrites(namespace).length;
    const pods = (await cluster.quota(namespace))['pods'];
    await raisePods(namespace);
    await cluster.networking.deleteNamespacedNetworkPolicy({ namespace, name: 'tenant-default-deny' });

    const found = await eventually('both are reported', async () => {
      const answer = await driftOf(id);
      return answer.items.length === 2 && answer;
    });
    expect(found).toMatchObject({ policy: 'report', driftFree: false });
    expect(found.items.map(({ healedAt }) => healedAt)).toEqual([null, null]);
    const conditions = await conditionsOf(id);
    const objects = [
      `networking.k8s.io/v1/NetworkPolicy/${namespace}/tenant-default-deny`,
      `v1/ResourceQuota/${namespace}/tenant-quota`,
    ];
    const verdict = {
      status: 'False',
      reason: 'DriftFound',
      message: `2 objects differ from the desired state: ${objects.join(', ')}.`,
    };
    for (const type of ['DriftFree', 'Ready', 'NetworkIsolated', 'QuotaApplied']) {
      expect(conditions[type], type).toMatchObject(verdict);
    }
    expect(conditions['AccessReady']).toMatchObject({ status: 'True' });
    expect(await bulkhead.api.get(`/v1/tenants/${id}`)).toMatchObject({ phase: 'active', observedGeneration: 1 });

    await eventually('two more passes have looked', async () => {
      const { observedAt, items } = await driftOf(id);
      return Date.parse(observedAt ?? '') - Date.parse(items[0]?.detectedAt ?? '') > 2_000;
    });
    expect(workerWrites(namespace)).toHaveLength(writes);
    expect((await cluster.quota(namespace))['pods']).toBe('9999');

    await bulkhead.api.change('PATCH', `/v1/tenants/${id}`, {});
    expect((await cluster.quota(namespace))['pods']).toBe(pods);
    const healed = await driftOf(id);
    expect(healed).toMatchObject({ driftFree: true, items: { length: 2 } });
    const after = await conditionsOf(id);
    expect(notTrue(Object.values(after))).toEqual([]);
  });

  test('drift that is reverted ends without a write', async () => {
    const { id, namespace } = await create(plan);
    const hard = await cluster.quota(namespace);
    const writes = workerWrites(namespace).length;
    await raisePods(namespace);
    await eventually('it is reported', async () => !(await driftOf(id)).driftFree);
    await cluster.core.patchNamespacedResourceQuota(
      { namespace, name: 'tenant-quota', fieldManager: mallory, body: { spec: { hard } } },
      mergePatch,
    );
    await eventually('it is over', async () => (await driftOf(id)).driftFree);
    expect(workerWrites(namespace)).toHaveLength(writes);
  });
});
