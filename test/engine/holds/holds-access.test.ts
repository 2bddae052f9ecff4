import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';
import { asUser } from '../../support/workloads.js';

const cluster = new Cluster();
let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  await bulkhead.startWorker();
});
afterAll(() => bulkhead.stop());

async function create(): Promise<{ id: string; namespace: string }> {
  const slug = newSlug('held');
  const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug, plan: 'team' });
  return { id: tenant.id, namespace: `tn-${slug}` };
}

async function place(tenantId: string, effect: string, source = 'admin'): Promise<string> {
  const body = { source, effect, reason: 'Because.' };
  const { tenant, operation } = await bulkhead.api.change('POST', `/v1/tenants/${tenantId}/holds`, body);
  expect(operation).toMatchObject({ state: 'succeeded', error: null });
  return tenant.id;
}

async function lift(tenantId: string, holdId: string): Promise<void> {
  const { operation } = await bulkhead.api.change('DELETE', `/v1/tenants/${tenantId}/holds/${holdId}`);
  expect(operation).toMatchObject({ state: 'succeeded', error: null });
}

const rememberedOf = async (namespace: string): Promise<number> =>
  (await bulkhead.database.query('SELECT 1 FROM suspended_workloads WHERE namespace = $1', [namespace])).length;

const isRefused = (error: unknown): boolean => (error as { code: number }).code === 403;

describe('access that a tenant granted itself', () => {
  const bob = 'bob@acme.example';
  const apiGroup = 'rbac.authorization.k8s.io';

  async function giveAccess(namespace: string): Promise<void> {
    const [role, binding, policy] = [{ name: 'reads' }, { name: 'of-bob' }, { name: 'within' }];
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }];
    await cluster.rbac.createNamespacedRole({ namespace, body: { metadata: role, rules } });
    const roleRef = { apiGroup, kind: 'Role', name: 'reads' };
    const subjects = [{ apiGroup, kind: 'User', name: bob }];
    await cluster.rbac.createNamespacedRoleBinding({ namespace, body: { metadata: binding, roleRef, subjects } });
    const spec = { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ podSelector: {} }] }] };
    await cluster.networking.createNamespacedNetworkPolicy({ namespace, body: { metadata: policy, spec } });
  }

  const own = async (namespace: string): Promise<unknown[]> => {
    const { subjects } = await cluster.rbac.readNamespacedRoleBinding({ namespace, name: 'of-bob' });
    const { spec } = await cluster.networking.readNamespacedNetworkPolicy({ namespace, name: 'within' });
    return [subjects, spec];
  };

  test('is withdrawn while it is cut off, and restored afterwards', async () => {
    const { id, namespace } = await create();
    await giveAccess(namespace);
    const pods = asUser(bob);
    await eventually('bob may look', async () => (await pods.listNamespacedPod({ namespace })).items.length >= 0);
    const before = await own(namespace);

    const [suspension, quarantine] = [await place(id, 'suspend'), await place(id, 'quarantine', 'security')];
    const cut = [undefined, { podSelector: {}, policyTypes: ['Egress'] }];
    expect(await own(namespace)).toEqual(cut);
    await expect(pods.listNamespacedPod({ namespace })).rejects.toSatisfy(isRefused);
    await lift(id, suspension);
    expect(await own(namespace)).toEqual(cut);
    await lift(id, quarantine);
    expect(await own(namespace)).toEqual(before);
    expect(await rememberedOf(namespace)).toBe(0);
  });

  test('stays withdrawn if it is granted again in the meantime, and the newer grant is restored afterwards', async () => {
    const { id, namespace } = await create();
    await giveAccess(namespace);
    const hold = await place(id, 'quarantine', 'security');
    const binding = await cluster.rbac.readNamespacedRoleBinding({ namespace, name: 'of-bob' });
    const subjects = [{ apiGroup, kind: 'User', name: 'carol@acme.example' }];
    await cluster.rbac.replaceNamespacedRoleBinding({
      namespace,
      name: 'of-bob',
      body: { metadata: binding.metadata ?? {}, roleRef: binding.roleRef, subjects },
    });
    await bulkhead.api.change('PATCH', `/v1/tenants/${id}`, { displayName: 'Other' });
    expect((await own(namespace))[0]).toBeUndefined();
    await lift(id, hold);
    expect((await own(namespace))[0]).toEqual(subjects);
  });
});
