import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type OperationBody, type TenantBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster, storedWrites } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';
import { apps, asBearer, makeWorkloads, specs } from '../../support/workloads.js';

const alice = { kind: 'User', name: 'alice@acme.example', role: 'tenant-admin' };

const cluster = new Cluster();

let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  await bulkhead.startWorker();
});
afterAll(() => bulkhead.stop());

interface TenantWithHolds extends TenantBody {
  holds: { id: string; source: string; effect: string }[];
}

async function create(): Promise<{ id: string; namespace: string }> {
  const slug = newSlug('held');
  const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug, plan: 'team', members: [alice] });
  return { id: tenant.id, namespace: `tn-${slug}` };
}

const read = (id: string): Promise<TenantWithHolds> => bulkhead.api.get(`/v1/tenants/${id}`);

/** Places a hold, waits until it is in force, and returns its id. */
async function place(tenantId: string, effect: string, source = 'admin'): Promise<string> {
  const { tenant, operation } = await bulkhead.api.change('POST', `/v1/tenants/${tenantId}/holds`, {
    source,
    effect,
    reason: 'Because.',
  });
  expect(operation).toMatchObject({ kind: 'hold', state: 'succeeded', error: null });
  return tenant.id;
}

async function lift(tenantId: string, holdId: string): Promise<OperationBody> {
  const { operation } = await bulkhead.api.change('DELETE', `/v1/tenants/${tenantId}/holds/${holdId}`);
  expect(operation).toMatchObject({ kind: 'release', state: 'succeeded', error: null });
  return operation;
}

async function namesOf(tenantId: string, kind: string): Promise<string[]> {
  const names = (await cluster.objectsOf(tenantId)).filter((name) => name.startsWith(`${kind}/`));
  return names.map((name) => name.split('/').at(-1) ?? '');
}

const readyOf = async (id: string): Promise<{ status: string; reason: string; message: string } | undefined> =>
  (await read(id)).conditions.find(({ type }) => type === 'Ready');

const podsOf = async (namespace: string): Promise<string[]> =>
  (await cluster.core.listNamespacedPod({ namespace })).items.map(({ metadata }) => metadata?.name ?? '');

const rememberedOf = async (tenantNamespace: string): Promise<number> =>
  (await bulkhead.database.query('SELECT 1 FROM suspended_workloads WHERE namespace = $1', [tenantNamespace])).length;

describe('a suspension', () => {
  test('scales every workload to zero, and resuming restores exactly what was there', async () => {
    const { id, namespace } = await create();
    await makeWorkloads(namespace);
    // 3 of the Deployment, 2 of the StatefulSet, 1 each of ReplicaSet, ReplicationController and Job, and the lone one.
    await eventually('the pods are there', async () => (await podsOf(namespace)).length === 9);
    const before = await specs(namespace);
    const quota = await cluster.quota(namespace);

    const hold = await place(id, 'suspend');
    expect(await read(id)).toMatchObject({ phase: 'suspended', holds: [{ id: hold, effect: 'suspend' }] });
    const down = await specs(namespace);
    expect(down).toMatchObject({
      'Deployment/web': { replicas: 0 },
      'StatefulSet/db': { replicas: 0, persistentVolumeClaimRetentionPolicy: { whenScaled: 'Retain' } },
      'DaemonSet/agent': { template: { spec: { nodeSelector: { 'bulkhead.io/suspended': 'true' } } } },
      'ReplicaSet/lone': { replicas: 0 },
      'ReplicationController/old': { replicas: 0 },
      'CronJob/nightly': { suspend: true },
      'Job/import': { suspend: true },
    });
    expect(await namesOf(id, 'NetworkPolicy')).toEqual(['tenant-default-deny']);
    expect(await namesOf(id, 'RoleBinding')).toEqual([]);
    expect(await namesOf(id, 'ServiceAccount')).toEqual(['default', 'deployer']);
    expect((await cluster.quota(namespace))['pods']).toBe('0');
    await eventually('no pod is left', async () => (await podsOf(namespace)).length === 0);
    expect(await readyOf(id)).toMatchObject({ status: 'False', reason: 'Suspended' });
    const { items: claims } = await cluster.core.listNamespacedPersistentVolumeClaim({ namespace });
    expect(claims.map(({ metadata }) => [metadata?.name, metadata?.deletionTimestamp])).toEqual([
      ['data-db-0', undefined],
      ['data-db-1', undefined],
    ]);

    await lift(id, hold);
    expect(await specs(namespace)).toEqual(before);
    expect(await cluster.quota(namespace)).toEqual(quota);
    expect(await read(id)).toMatchObject({ phase: 'active', holds: [] });
    expect(await readyOf(id)).toMatchObject({ status: 'True', reason: 'Settled' });
    expect(await namesOf(id, 'RoleBinding')).toEqual(['bulkhead-tenant-admin', 'bulkhead-tenant-deployer']);
    expect(await rememberedOf(namespace)).toBe(0);
    await eventually('the pods of workloads are back', async () => (await podsOf(namespace)).length === 8);
  });

  test('is enforced, and a pass over a suspended tenant that matches writes nothing', async () => {
    const { id, namespace } = await create();
    await makeWorkloads(namespace);
    const before = await specs(namespace);
    const hold = await place(id, 'suspend');
    const writes = storedWrites(namespace).length;
    const idle = await bulkhead.api.change('PATCH', `/v1/tenants/${id}`, { displayName: 'Other' });
    expect(idle.operation).toMatchObject({ state: 'succeeded', steps: [] });
    expect(storedWrites(namespace)).toHaveLength(writes);

    const db = await apps.readNamespacedStatefulSet({ namespace, name: 'db' });
    if (db.spec !== undefined) db.spec.replicas = 1;
    // Its controller writes its status in the meantime.
    delete db.metadata?.resourceVersion;
    await apps.replaceNamespacedStatefulSet({ namespace, name: 'db', body: db });
    const repaired = await bulkhead.api.change('PATCH', `/v1/tenants/${id}`, { displayName: 'Another' });
    expect(repaired.operation.steps).toMatchObject([
      { name: 'suspend', object: `apps/v1/StatefulSet/${namespace}/db` },
    ]);
    await lift(id, hold);
    // The replicas are those of the latest change; untouched fields are as before.
    expect(await specs(namespace)).toEqual({
      ...before,
      'StatefulSet/db': { ...(before['StatefulSet/db'] as object), replicas: 1 },
    });
  });

  test('restores only the very objects that it suspended', async () => {
    const { id, namespace } = await create();
    await makeWorkloads(namespace);
    const hold = await place(id, 'suspend');
    const { metadata, spec } = await apps.readNamespacedDeployment({ namespace, name: 'web' });
    await apps.deleteNamespacedDeployment({ namespace, name: 'web' });
    await eventually('it is gone', async () => !('Deployment/web' in (await specs(namespace))));
    await apps.createNamespacedDeployment({
      namespace,
      body: { metadata: { name: 'web' }, spec: spec ?? ({} as never) },
    });
    const again = await apps.readNamespacedDeployment({ namespace, name: 'web' });
    expect(again.metadata?.uid).not.toBe(metadata?.uid);
    await lift(id, hold);
    expect(await specs(namespace)).toMatchObject({
      'Deployment/web': { replicas: 0 },
      'StatefulSet/db': { replicas: 2 },
    });
    expect(await rememberedOf(namespace)).toBe(0);
  });

  test('that died before its write forgets the workload, and the late write is refused', async () => {
    const { id, namespace } = await create();
    await makeWorkloads(namespace);
    const before = await specs(namespace);
    // A DaemonSet on no node: nothing but us makes a new version of it.
    const { metadata } = await apps.readNamespacedDaemonSet({ namespace, name: 'agent' });
    const { uid = '', resourceVersion = '' } = metadata ?? {};
    await bulkhead.database.query(
      `INSERT INTO suspended_workloads (tenant_id, uid, api_version, kind, namespace, name, resource_version, restore)
       SELECT id, $2, 'apps/v1', 'DaemonSet', $3, 'agent', $4, '{"spec": {}}' FROM tenants WHERE slug = $1`,
      [namespace.replace('tn-', ''), uid, namespace, resourceVersion],
    );
    await bulkhead.api.change('PATCH', `/v1/tenants/${id}`, { displayName: 'Other' });
    expect(await rememberedOf(namespace)).toBe(0);
    const now = await apps.readNamespacedDaemonSet({ namespace, name: 'agent' });
    expect(now.metadata?.resourceVersion).not.toBe(resourceVersion);
    expect(now.metadata?.annotations ?? {}).toEqual(metadata?.annotations ?? {});
    expect(await specs(namespace)).toEqual(before);
  });
});

describe('a quarantine', () => {
  test('cuts a tenant off and keeps its workloads running', async () => {
    const { id, namespace } = await create();
    await makeWorkloads(namespace);
    const before = await specs(namespace);
    const account = await cluster.core.readNamespacedServiceAccount({ namespace, name: 'deployer' });
    const issued = await cluster.core.createNamespacedServiceAccountToken({
      namespace,
      name: 'deployer',
      body: { spec: { audiences: [] } },
    });
    const deployer = asBearer(issued.status?.token ?? '');
    await deployer.listNamespacedPod({ namespace });

    const hold = await place(id, 'quarantine', 'security');
    await expect(deployer.listNamespacedPod({ namespace })).rejects.toSatisfy(isRefused);
    expect(await read(id)).toMatchObject({ phase: 'quarantined' });
    expect(await readyOf(id)).toMatchObject({ status: 'False', reason: 'Quarantined' });
    expect(await namesOf(id, 'NetworkPolicy')).toEqual(['tenant-default-deny']);
    expect(await namesOf(id, 'RoleBinding')).toEqual([]);
    expect(await namesOf(id, 'ServiceAccount')).toEqual(['default']);
    expect(await specs(namespace)).toEqual(before);
    // The API server believes a token that it has just seen for some seconds more.
    await eventually('the token is no longer valid', async () => {
      const answer = await deployer.listNamespacedPod({ namespace }).catch((error: unknown) => error);
      return (answer as { code?: number }).code === 401;
    });

    await lift(id, hold);
    expect(await namesOf(id, 'RoleBinding')).toEqual(['bulkhead-tenant-admin', 'bulkhead-tenant-deployer']);
    const another = await cluster.core.readNamespacedServiceAccount({ namespace, name: 'deployer' });
    expect(another.metadata?.uid).not.toBe(account.metadata?.uid);
    await expect(deployer.listNamespacedPod({ namespace })).rejects.toMatchObject({ code: 401 });
  });

  test('withdraws traffic and access before anything else', async () => {
    const { id, namespace } = await create();
    await place(id, 'quarantine');
    const writes = storedWrites(namespace).filter(({ verb }) => verb !== 'create');
    const last = (pattern: RegExp): number =>
      writes.findLastIndex(({ verb, requestURI }) => pattern.test(`${verb} ${requestURI}`));
    const first = (pattern: RegExp): number =>
      writes.findIndex(({ verb, requestURI }) => pattern.test(`${verb} ${requestURI}`));
    expect(first(/^delete .*serviceaccounts/)).toBeGreaterThan(last(/^delete .*(networkpolicies|rolebindings)/));
  });
});

describe('holds', () => {
  test('are independent: each is lifted separately, and the strongest determines the phase', async () => {
    const { id, namespace } = await create();
    await makeWorkloads(namespace);
    const before = await specs(namespace);
    const billing = await place(id, 'suspend', 'billing');
    const admin = await place(id, 'suspend', 'admin');
    const security = await place(id, 'quarantine', 'security');
    expect((await read(id)).holds.map((hold) => hold.id)).toEqual([billing, admin, security]);
    expect((await read(id)).phase).toBe('quarantined');
    expect(await specs(namespace)).toMatchObject({ 'Deployment/web': { replicas: 0 } });
    await lift(id, billing);
    expect((await read(id)).phase).toBe('quarantined');
    await lift(id, security);
    expect((await read(id)).phase).toBe('suspended');
    expect(await specs(namespace)).toMatchObject({ 'Deployment/web': { replicas: 0 } });
    await lift(id, admin);
    expect((await read(id)).phase).toBe('active');
    expect(await specs(namespace)).toEqual(before);
  });

  test('a freeze refuses every change except holds, and changes nothing in the cluster', async () => {
    const { id, namespace } = await create();
    const writes = storedWrites(namespace).length;
    const freeze = await place(id, 'freeze', 'security');
    for (const [method, body] of [
      ['PATCH', { plan: 'free' }],
      ['DELETE', undefined],
    ] as const) {
      const answer = await bulkhead.api.send(method, `/v1/tenants/${id}`, body);
      expect(answer).toMatchObject({ status: 409, body: { code: 'tenant.frozen' } });
    }
    expect(await read(id)).toMatchObject({
      phase: 'active',
      plan: { id: 'team' },
      generation: 2,
      observedGeneration: 2,
    });
    expect(storedWrites(namespace)).toHaveLength(writes);
    await lift(id, await place(id, 'quarantine'));
    await lift(id, freeze);
    expect((await bulkhead.api.send('PATCH', `/v1/tenants/${id}`, { displayName: 'Thawed' })).status).toBe(202);
  });

  test('a tenant that is suspended and quarantined can be deleted', async () => {
    const { id, namespace } = await create();
    await makeWorkloads(namespace);
    await place(id, 'suspend');
    await place(id, 'quarantine');
    const { operation } = await bulkhead.api.change('DELETE', `/v1/tenants/${id}?retention=0`);
    expect(operation.state).toBe('succeeded');
    expect(await cluster.objectsOf(id)).toEqual([]);
    expect(await rememberedOf(namespace)).toBe(0);
    const late = { source: 'admin', effect: 'freeze', reason: 'Late.' };
    expect(await bulkhead.api.send('POST', `/v1/tenants/${id}/holds`, late)).toMatchObject({
      status: 409,
      body: { code: 'tenant.deleting' },
    });
  });
});

const isRefused = (error: unknown): boolean => [401, 403].includes((error as { code: number }).code);
