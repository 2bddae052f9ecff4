import { AppsV1Api, type V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type OperationBody, type TenantBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';

const finalizers = ['example.com/hold'];

/** A pod that the strictest Pod Security level lets in. Nothing runs it: the control plane has no nodes. */
function pod(name: string, held: string[] = []): V1Pod {
  const securityContext = {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
  return { metadata: { name, finalizers: held }, spec: { containers: [{ name: 'a', image: 'a', securityContext }] } };
}

describe('a deletion', () => {
  let bulkhead: Bulkhead;
  const cluster = new Cluster();
  const apps = cluster.client(AppsV1Api);

  beforeAll(async () => {
    bulkhead = await Bulkhead.start({ env: { BULKHEAD_RESYNC_SECONDS: '1' } });
    await bulkhead.startWorker();
  });
  afterAll(() => bulkhead.stop());

  const create = async (slug = newSlug()): Promise<{ id: string; namespace: string; path: string }> => {
    const members = [{ kind: 'User', name: 'alice@acme.example', role: 'tenant-admin' }];
    const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug, plan: 'team', members });
    return { id: tenant.id, namespace: `tn-${slug}`, path: `/v1/tenants/${tenant.id}` };
  };
  const purge = async (path: string): Promise<string> =>
    (await bulkhead.api.send('DELETE', `${path}?retention=0`)).headers.get('location') ?? '';
  const read = (path: string): Promise<TenantBody> => bulkhead.api.get<TenantBody>(path);
  const waitingFor = (location: string, reason: string, text: string): Promise<OperationBody> =>
    eventually(`${reason} about ${text}`, async () => {
      const operation = await bulkhead.api.get<OperationBody>(location);
      return operation.error?.reason === reason && operation.error.message.includes(text) && operation;
    });
  const ended = (location: string): Promise<OperationBody> => bulkhead.api.get<OperationBody>(`${location}?wait=60`);

  test('is only scheduled at first: the tenant is out of service, its data is kept, and undelete restores it', async () => {
    const { id, path } = await create();
    const before = await cluster.objectsOf(id);
    const { operation } = await bulkhead.api.change('DELETE', path);
    expect(operation).toMatchObject({ kind: 'schedule-deletion', state: 'succeeded' });
    expect(await read(path)).toMatchObject({ phase: 'suspended' });
    const during = await cluster.objectsOf(id);
    expect(during.filter((object) => /RoleBinding|allow/.test(object))).toEqual([]);
    expect(before).toEqual(expect.arrayContaining(during));
    const { operation: back } = await bulkhead.api.change('POST', `${path}/undelete`);
    expect(back).toMatchObject({ kind: 'undelete', state: 'succeeded' });
    expect(await read(path)).toMatchObject({ phase: 'active', deletesAt: null });
    expect(await cluster.objectsOf(id)).toEqual(before);
    expect((await bulkhead.api.change('PATCH', path, { displayName: 'x' })).operation.state).toBe('succeeded');
  });

  test('does not begin while the tenant is frozen, even if its retention is over', async () => {
    const { path } = await create();
    await bulkhead.api.change('DELETE', path);
    const hold = { source: 'security', effect: 'freeze', reason: 'Evidence' };
    const { tenant: placed } = await bulkhead.api.change('POST', `${path}/holds`, hold);
    const over = `UPDATE tenants SET deletes_at = now() - interval '1 minute' WHERE deletion_scheduled_at IS NOT NULL AND deleted_at IS NULL`;
    await bulkhead.database.query(over);
    // Another tenant whose retention is over shows that the workers have looked.
    const other = await create();
    await bulkhead.api.change('DELETE', other.path);
    await bulkhead.database.query(over);
    await eventually('the other one is deleted', async () => (await read(other.path)).phase === 'deleted');
    expect(await read(path)).toMatchObject({ phase: 'suspended' });
    await bulkhead.api.send('DELETE', `${path}/holds/${placed.id}`);
    await eventually('it is deleted once it is released', async () => (await read(path)).phase === 'deleted');
  });

  test('begins when the retention is over, in the name of the caller who requested it', async () => {
    const { id, path } = await create();
    const key = await bulkhead.createKey('operator');
    await bulkhead.api.as(key).change('DELETE', path);
    await bulkhead.database.query(
      `UPDATE tenants SET deletes_at = now() + interval '1 second' WHERE deletion_scheduled_at IS NOT NULL AND deleted_at IS NULL`,
    );
    await eventually('the tenant is deleted', async () => (await read(path)).phase === 'deleted');
    expect(await cluster.objectsOf(id)).toEqual([]);
    const { items } = await bulkhead.api.get<{ items: OperationBody[] }>(`/v1/operations?tenantId=${id}`);
    expect(items.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'delete succeeded',
      'schedule-deletion succeeded',
      'create succeeded',
    ]);
    const { statement } = await bulkhead.api.get<{ statement: { deletion: Record<string, string> } }>(
      `${path}/deletion-certificate`,
    );
    const { requestedBy, requestedAt = '', startedAt = '', operationId } = statement.deletion;
    expect(requestedBy).toBe(`key_${key.split('_')[1] ?? ''}`);
    expect(operationId).toBe(items[0]?.id);
    expect(Date.parse(requestedAt)).toBeLessThan(Date.parse(startedAt));
    expect((await bulkhead.api.send('POST', `${path}/undelete`)).body['code']).toBe('tenant.deleting');
  });

  test('removes access and workloads before the objects that restrict them', async () => {
    const { namespace, path } = await create();
    await cluster.core.createNamespacedPod({ namespace, body: pod('held', finalizers) });
    const labels = { app: 'web' };
    const template = { spec: pod('web').spec, metadata: { labels } };
    const spec = { selector: { matchLabels: labels }, template } as never;
    await apps.createNamespacedDeployment({ namespace, body: { metadata: { name: 'web' }, spec } });
    await cluster.core.createNamespacedService({
      namespace,
      body: { metadata: { name: 'web' }, spec: { selector: labels, ports: [{ port: 80 }] } },
    });
    const location = await purge(path);
    const { error } = await waitingFor(location, 'PodsTerminating', `${namespace}/held (held by the finalizer`);
    expect(error?.object).toBe(`v1/Pod/${namespace}/held`);
    await eventually('only the held pod is left', async () => {
      const { items } = await cluster.core.listNamespacedPod({ namespace });
      return items.map(({ metadata }) => metadata?.name).join() === 'held';
    });
    expect((await apps.listNamespacedDeployment({ namespace })).items).toEqual([]);
    expect((await cluster.core.listNamespacedService({ namespace })).items).toEqual([]);
    expect((await cluster.rbac.listNamespacedRoleBinding({ namespace })).items).toEqual([]);
    const policies = await cluster.networking.listNamespacedNetworkPolicy({ namespace });
    expect(policies.items.map(({ metadata }) => metadata?.name)).toContain('tenant-default-deny');
    expect((await cluster.core.readNamespace({ name: namespace })).status?.phase).toBe('Active');
    await expect(cluster.core.createNamespacedPod({ namespace, body: pod('late') })).rejects.toMatchObject({
      code: 403,
    });
    const held = await cluster.core.readNamespacedPod({ namespace, name: 'held' });
    delete held.metadata?.finalizers;
    await cluster.core.replaceNamespacedPod({ namespace, name: 'held', body: held });
    expect(await ended(location)).toMatchObject({ state: 'succeeded' });
  });

  test('names the object whose finalizer holds it, leaves it alone, and continues once it is gone', async () => {
    const { namespace, path } = await create();
    const metadata = { name: 'stuck', finalizers };
    await cluster.core.createNamespacedConfigMap({ namespace, body: { metadata } });
    const location = await purge(path);
    const { error, state } = await waitingFor(
      location,
      'DeletionBlocked',
      `v1/ConfigMap/${namespace}/stuck (finalizer`,
    );
    expect(state).toBe('running');
    expect(error?.message).toMatch(/finalizer example\.com\/hold, deleted \d{4}-/);
    expect(error?.object).toBe(`v1/ConfigMap/${namespace}/stuck`);
    const { conditions } = await read(path);
    expect(conditions.find(({ type }) => type === 'Ready')).toMatchObject({ reason: 'DeletionBlocked' });
    const stuck = await cluster.core.readNamespacedConfigMap({ namespace, name: 'stuck' });
    expect(stuck.metadata?.finalizers).toEqual(finalizers);
    expect(await purge(path)).toBe(location);
    await cluster.core.replaceNamespacedConfigMap({ namespace, name: 'stuck', body: { metadata: { name: 'stuck' } } });
    expect(await ended(location)).toMatchObject({ state: 'succeeded', error: null });
  });

  test('does not end while an object of any kind anywhere carries the tenant’s id', async () => {
    const kind = await cluster.defineKind('Widget');
    const { id, path } = await create();
    const labels = { 'bulkhead.io/tenant-id': id };
    const name = newSlug('left');
    await cluster.core.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name, labels } } });
    await cluster.objects.create({ apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name, labels } });
    // An object of a managed kind is not deleted either: anyone could have written the label.
    await cluster.core.createNamespacedServiceAccount({ namespace: 'default', body: { metadata: { name, labels } } });
    const location = await purge(path);
    const { error, state } = await waitingFor(location, 'LeftoverObjects', `v1/ConfigMap/default/${name}`);
    expect(state).toBe('running');
    expect(error?.message).toContain(`${kind.apiVersion}/${kind.kind}/${name}`);
    expect(error?.message).toContain(`v1/ServiceAccount/default/${name}`);
    expect((await read(path)).phase).toBe('deleting');
    await cluster.core.deleteNamespacedConfigMap({ namespace: 'default', name });
    await cluster.core.deleteNamespacedServiceAccount({ namespace: 'default', name });
    await cluster.objects.delete({ apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name } });
    expect(await ended(location)).toMatchObject({ state: 'succeeded' });
    await kind.remove();
  });

  test('does not end while anything is left in a namespace whose deletion was forced', async () => {
    const { namespace, path } = await create();
    const metadata = { name: 'left' };
    await cluster.core.createNamespacedConfigMap({ namespace, body: { metadata } });
    await cluster.core.createNamespacedSecret({ namespace, body: { metadata } });
    const location = await purge(path);
    // The namespace controller comes five seconds later.
    const terminating = await eventually('the namespace is deleted', async () => {
      const found = await cluster.core.readNamespace({ name: namespace });
      return found.metadata?.deletionTimestamp !== undefined && found;
    });
    terminating.spec = { finalizers: [] };
    await cluster.core.replaceNamespaceFinalize({ name: namespace, body: terminating });
    const { error } = await waitingFor(location, 'LeftoverObjects', `v1/Secret/${namespace}/left`);
    expect(error?.message).toContain(`v1/ConfigMap/${namespace}/left`);
    // Admission finds no namespace and refuses to delete the objects.
    await cluster.core.createNamespace({ body: { metadata: { name: namespace } } });
    await cluster.core.deleteNamespace({ name: namespace });
    expect(await ended(location)).toMatchObject({ state: 'succeeded' });
  });

  test('of many tenants at once leaves no object of any', async () => {
    const tenants = await Promise.all(Array.from({ length: 6 }, () => create()));
    const locations = await Promise.all(tenants.map(({ path }) => purge(path)));
    const operations = await Promise.all(locations.map(ended));
    expect(operations.map(({ state }) => state)).toEqual(tenants.map(() => 'succeeded'));
    for (const { id } of tenants) expect(await cluster.objectsOf(id)).toEqual([]);
  });
});
