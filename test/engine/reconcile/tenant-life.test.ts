import { afterAll, beforeAll, expect, test } from 'vitest';

import { type OperationBody, type TenantBody } from '../../support/api-client.js';
import { describeOnBothQueues } from '../../support/both-queues.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster, workerWrites } from '../../support/cluster.js';
import { notTrue } from '../../support/conditions.js';
import { eventually } from '../../support/eventually.js';

const alice = { kind: 'User', name: 'alice@acme.example', role: 'tenant-admin' };
const bob = { kind: 'Group', name: 'acme-developers', role: 'tenant-developer' };

describeOnBothQueues('the life of a tenant', (queue) => {
  let bulkhead: Bulkhead;
  const cluster = new Cluster();

  beforeAll(async () => {
    bulkhead = await Bulkhead.start({ queue });
    await bulkhead.startWorker();
  });
  afterAll(() => bulkhead.stop());

  const create = (body: object): Promise<{ tenant: TenantBody; operation: OperationBody }> =>
    bulkhead.api.change('POST', '/v1/tenants', { plan: 'team', ...body });
  const read = (id: string): Promise<TenantBody> => bulkhead.api.get<TenantBody>(`/v1/tenants/${id}`);

  test('goes from a request to namespaces, through changes, to nothing at all', async () => {
    const slug = newSlug();
    const { tenant, operation } = await create({ slug, environments: ['main', 'staging'], members: [alice, bob] });
    expect(operation).toMatchObject({ kind: 'create', state: 'succeeded', error: null });
    expect(await cluster.namespacesOf(tenant.id)).toEqual([`tn-${slug}`, `tn-${slug}-staging`]);

    const active = await read(tenant.id);
    expect(active).toMatchObject({ phase: 'active', generation: 1, observedGeneration: 1 });
    expect(notTrue(active.conditions)).toEqual([]);

    const listed = await bulkhead.api.get<{ items: { kind: string; namespace: string | null; name: string }[] }>(
      `/v1/tenants/${tenant.id}/objects`,
    );
    const names = listed.items.map(({ kind, namespace, name }) =>
      [kind, namespace, name].filter((part) => part !== null).join('/'),
    );
    expect(names.sort()).toEqual(await cluster.objectsOf(tenant.id));
    expect(operation.steps.map(({ object }) => object)).toHaveLength(names.length);

    const { operation: removal } = await bulkhead.api.removeTenant(tenant.id);
    expect(removal).toMatchObject({ kind: 'delete', state: 'succeeded' });
    expect(await cluster.objectsOf(tenant.id)).toEqual([]);
    expect(await read(tenant.id)).toMatchObject({ phase: 'deleted' });
    expect(await bulkhead.api.get(`/v1/tenants/${tenant.id}/objects`)).toMatchObject({ items: [] });
  });

  test('changes and deletions by others are healed at once, and their additions are kept', async () => {
    const slug = newSlug();
    const namespace = `tn-${slug}`;
    await create({ slug });
    await cluster.networking.deleteNamespacedNetworkPolicy({ namespace, name: 'tenant-default-deny' });
    const quota = await cluster.core.readNamespacedResourceQuota({ namespace, name: 'tenant-quota' });
    const pods = quota.spec?.hard?.['pods'];
    await cluster.core.replaceNamespacedResourceQuota({
      namespace,
      name: 'tenant-quota',
      body: { metadata: { name: 'tenant-quota' }, spec: { hard: { ...quota.spec?.hard, pods: '9999' } } },
    });
    await cluster.core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'theirs' } } });
    await eventually('the policy is restored', () =>
      cluster.networking.readNamespacedNetworkPolicy({ namespace, name: 'tenant-default-deny' }),
    );
    await eventually('the quota is as before', async () => (await cluster.quota(namespace))['pods'] === pods);
    expect((await cluster.core.readNamespacedConfigMap({ namespace, name: 'theirs' })).metadata?.name).toBe('theirs');
  });

  test('a newer change supersedes the one before it, and the newest wins', async () => {
    const slug = newSlug();
    const created = await bulkhead.api.send('POST', '/v1/tenants', { slug, plan: 'team' });
    const id = created.body['id'] as string;
    for (const plan of ['free', 'regulated', 'free']) await bulkhead.api.send('PATCH', `/v1/tenants/${id}`, { plan });
    const last = await bulkhead.api.change('PATCH', `/v1/tenants/${id}`, { plan: 'team' });
    expect(last.operation.state).toBe('succeeded');
    const states = await bulkhead.database.query<{ state: string }>(
      'SELECT o.state FROM operations o JOIN tenants t ON t.id = o.tenant_id WHERE t.slug = $1',
      [slug],
    );
    expect(states).toHaveLength(5);
    expect(states.every(({ state }) => state === 'succeeded' || state === 'superseded')).toBe(true);
    expect(await read(id)).toMatchObject({
      plan: { id: 'team' },
      phase: 'active',
      generation: 5,
      observedGeneration: 5,
    });
  });

  // What follows does not depend on the queue: changed tenants are taken from their table (ADR 25).
  if (queue === 'redis') return;

  test('a slug can be reused once its tenant is deleted', async () => {
    const slug = newSlug();
    const first = await create({ slug });
    expect((await bulkhead.api.send('POST', '/v1/tenants', { slug, plan: 'free' })).status).toBe(409);
    await bulkhead.api.removeTenant(first.tenant.id);
    const second = await create({ slug });
    expect(second.tenant.id).not.toBe(first.tenant.id);
    expect(await cluster.namespacesOf(second.tenant.id)).toEqual([`tn-${slug}`]);
  });

  test('a change of plan shrinks and grows the quota', async () => {
    const slug = newSlug();
    const { tenant } = await create({ slug });
    const team = await cluster.quota(`tn-${slug}`);
    await bulkhead.api.change('PATCH', `/v1/tenants/${tenant.id}`, { plan: 'free' });
    const free = await cluster.quota(`tn-${slug}`);
    expect(Number(free['pods'])).toBeLessThan(Number(team['pods']));
    await bulkhead.api.change('PATCH', `/v1/tenants/${tenant.id}`, { plan: { id: 'team', version: 1 } });
    expect(await cluster.quota(`tn-${slug}`)).toEqual(team);
  });

  test('members become role bindings, and nothing of removed ones is left', async () => {
    const slug = newSlug();
    const { tenant } = await create({ slug, members: [alice] });
    const bindings = async (): Promise<string[]> =>
      (await cluster.objectsOf(tenant.id))
        .filter((name) => name.startsWith('RoleBinding/'))
        .map((name) => name.split('/')[2] ?? '');
    expect(await bindings()).toContain('bulkhead-tenant-admin');
    const { operation } = await bulkhead.api.change('PATCH', `/v1/tenants/${tenant.id}`, { members: [bob] });
    expect(await bindings()).toEqual(['bulkhead-tenant-deployer', 'bulkhead-tenant-developer']);
    expect(operation.steps.map(({ name }) => name).sort()).toEqual(['apply', 'prune']);
  });

  test('access ends with the membership even if the binding lost its label', async () => {
    const slug = newSlug();
    const namespace = `tn-${slug}`;
    const { tenant } = await create({ slug, members: [alice] });
    const name = 'bulkhead-tenant-admin';
    const { roleRef, subjects = [] } = await cluster.rbac.readNamespacedRoleBinding({ namespace, name });
    await cluster.rbac.replaceNamespacedRoleBinding({
      namespace,
      name,
      body: { metadata: { name }, roleRef, subjects },
    });
    await bulkhead.api.change('PATCH', `/v1/tenants/${tenant.id}`, { members: null });
    await expect(cluster.rbac.readNamespacedRoleBinding({ namespace, name })).rejects.toMatchObject({ code: 404 });
  });

  test('tenants whose slugs have a common prefix never share a namespace', async () => {
    const slug = newSlug();
    const { tenant } = await create({ slug, environments: ['main', 'dev'] });
    const clash = await bulkhead.api.send('POST', '/v1/tenants', { slug: `${slug}-dev`, plan: 'team' });
    expect(clash).toMatchObject({
      status: 409,
      body: { code: 'tenant.namespace_taken', errors: [{ pointer: '/slug' }] },
    });
    expect(clash.body['detail']).toContain(`namespace "tn-${slug}-dev"`);
    expect(clash.body['detail']).toContain(`the environment "dev" of the tenant "${slug}" (${tenant.id})`);
    // A caller that sees only its own tenants is not told of others.
    const signup = bulkhead.api.as(await bulkhead.createKey('signup'));
    const untold = await signup.send('POST', '/v1/tenants', { slug: `${slug}-dev`, plan: 'team' });
    expect(untold).toMatchObject({ status: 409, body: { code: 'tenant.namespace_taken' } });
    expect(untold.body['detail']).toContain(`namespace "tn-${slug}-dev"`);
    expect(JSON.stringify(untold.body)).not.toContain(tenant.id);
    expect(await cluster.namespacesOf(tenant.id)).toEqual([`tn-${slug}`, `tn-${slug}-dev`]);

    const other = newSlug();
    const longer = await create({ slug: `${other}-dev` });
    const shorter = await create({ slug: other });
    expect(await cluster.namespacesOf(longer.tenant.id)).toEqual([`tn-${other}-dev`]);
    expect(await cluster.namespacesOf(shorter.tenant.id)).toEqual([`tn-${other}`]);
  });

  test('a pass over a tenant that matches writes nothing to the cluster', async () => {
    const slug = newSlug();
    const { tenant } = await create({ slug, environments: ['main', 'staging'], members: [alice] });
    const before = workerWrites(`tn-${slug}`).length;
    expect(before).toBeGreaterThan(0);
    // A display name is not part of the object set, so the pass that follows finds everything as it should be.
    const { operation } = await bulkhead.api.change('PATCH', `/v1/tenants/${tenant.id}`, { displayName: 'Renamed' });
    expect(operation).toMatchObject({ state: 'succeeded', steps: [] });
    expect(await read(tenant.id)).toMatchObject({ displayName: 'Renamed', generation: 2, observedGeneration: 2 });
    expect(workerWrites(`tn-${slug}`)).toHaveLength(before);
  });

  test('additions that open a policy or a binding are removed', async () => {
    const slug = newSlug();
    const namespace = `tn-${slug}`;
    const { tenant } = await create({ slug, members: [alice] });
    const deny = { namespace, name: 'tenant-default-deny' };
    const policy = await cluster.networking.readNamespacedNetworkPolicy(deny);
    policy.spec = {
      podSelector: { matchLabels: { isolated: 'no' } },
      policyTypes: ['Ingress', 'Egress'],
      egress: [{}],
    };
    await cluster.networking.replaceNamespacedNetworkPolicy({ ...deny, body: policy });
    const admin = { namespace, name: 'bulkhead-tenant-admin' };
    const binding = await cluster.rbac.readNamespacedRoleBinding(admin);
    const eve = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'eve' };
    binding.subjects?.push(eve);
    await cluster.rbac.replaceNamespacedRoleBinding({ ...admin, body: binding });

    await eventually('the policy is as it was', async () => {
      const repaired = await cluster.networking.readNamespacedNetworkPolicy(deny);
      expect(repaired.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
      return true;
    });
    await eventually('the stranger has no access', async () => {
      const { subjects } = await cluster.rbac.readNamespacedRoleBinding(admin);
      expect(subjects?.map(({ name }) => name)).toEqual([alice.name]);
      return true;
    });
    const again = await bulkhead.api.change('PATCH', `/v1/tenants/${tenant.id}`, { displayName: 'Once more' });
    expect(again.operation.steps).toEqual([]);
  });

  test('a namespace that belongs to someone else is left alone, and reported on the tenant', async () => {
    const slug = newSlug();
    await cluster.core.createNamespace({ body: { metadata: { name: `tn-${slug}`, labels: { owner: 'somebody' } } } });
    const { tenant, operation } = await create({ slug });
    expect(operation).toMatchObject({
      state: 'failed',
      error: { reason: 'NamespaceNotOwned', object: `v1/Namespace/tn-${slug}` },
    });
    const failed = await read(tenant.id);
    expect(failed.phase).toBe('failed');
    expect(failed.conditions.find(({ type }) => type === 'NamespacesReady')).toMatchObject({
      status: 'False',
      reason: 'NamespaceNotOwned',
    });
    const namespace = await cluster.core.readNamespace({ name: `tn-${slug}` });
    expect(namespace.metadata?.labels).not.toHaveProperty('bulkhead.io/tenant-id');
    const removal = await bulkhead.api.removeTenant(tenant.id);
    expect(removal.operation.state).toBe('succeeded');
    expect((await cluster.core.readNamespace({ name: `tn-${slug}` })).status?.phase).toBe('Active');
    expect(workerWrites(`tn-${slug}`).filter(({ responseStatus }) => responseStatus.code < 300)).toEqual([]);
  });

  test('a deletion that is held names the finalizer, and ends once it is gone', async () => {
    const slug = newSlug();
    const namespace = `tn-${slug}`;
    const { tenant } = await create({ slug });
    const metadata = { name: 'stuck', finalizers: ['example.com/hold'] };
    await cluster.core.createNamespacedConfigMap({ namespace, body: { metadata } });
    const answer = await bulkhead.api.deleteTenant(tenant.id);
    const location = answer.headers.get('location') ?? '';
    await eventually('the operation names the finalizer', async () => {
      const { error } = await bulkhead.api.get<OperationBody>(location);
      return error?.message.includes('example.com/hold');
    });
    const again = await bulkhead.api.deleteTenant(tenant.id);
    expect(again.headers.get('location')).toBe(location);
    await cluster.core.replaceNamespacedConfigMap({ namespace, name: 'stuck', body: { metadata: { name: 'stuck' } } });
    expect(await bulkhead.api.get<OperationBody>(`${location}?wait=45`)).toMatchObject({ state: 'succeeded' });
    expect(await cluster.objectsOf(tenant.id)).toEqual([]);
  });
});
