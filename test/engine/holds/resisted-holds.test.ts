import { type KubernetesObject } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type TenantBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';
import { Adversary } from '../../isolation/escapes/adversary.js';

const cluster = new Cluster();
const rbac = 'rbac.authorization.k8s.io';
let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  await bulkhead.startWorker();
});
afterAll(() => bulkhead.stop());

/** A tenant and one of its administrators, with a binding of their own. */
async function tenantOf(mallory: Adversary): Promise<{ id: string; namespace: string }> {
  const members = [{ kind: 'User', name: mallory.user, role: 'tenant-admin' }];
  const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug('held'), plan: 'team', members });
  const namespace = `tn-${tenant.slug}`;
  await eventually('the member may write', () =>
    succeeds(mallory.objects.create(ownBinding(namespace, 'own', mallory))),
  );
  // A binding under the name of the canary hides nothing.
  await mallory.objects.create(ownBinding(namespace, 'bulkhead-cut-off', mallory));
  return { id: tenant.id, namespace };
}

const ownBinding = (namespace: string, name: string, { user }: Adversary): KubernetesObject =>
  ({
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'bulkhead-tenant-admin' },
    subjects: [{ apiGroup: rbac, kind: 'User', name: user }],
  }) as KubernetesObject;

const succeeds = (attempt: Promise<unknown>): Promise<boolean> =>
  attempt.then(
    () => true,
    () => false,
  );

const reads = (mallory: Adversary, namespace: string): Promise<boolean> =>
  succeeds(mallory.objects.list('v1', 'Secret', namespace));

/** Makes and removes bindings in four threads, until stopped. Returns how often that succeeded, before and after now. */
function resist(mallory: Adversary, namespace: string): { stop: () => Promise<number> } {
  let [isStopped, made] = [false, 0];
  const threads = Array.from({ length: 4 }, async (_, thread) => {
    for (let round = 0; !isStopped; round += 1) {
      const binding = ownBinding(namespace, `again-${thread}-${round % 8}`, mallory);
      if (await succeeds(mallory.objects.create(binding))) made += 1;
      await succeeds(mallory.objects.delete(binding));
    }
  });
  return {
    stop: async () => {
      isStopped = true;
      await Promise.all(threads);
      return made;
    },
  };
}

const hold = (id: string, effect: string): ReturnType<typeof bulkhead.api.change> =>
  bulkhead.api.change('POST', `/v1/tenants/${id}/holds`, { source: 'security', effect, reason: 'Resisted.' });

const read = (id: string): Promise<TenantBody & { holds: { id: string }[] }> => bulkhead.api.get(`/v1/tenants/${id}`);
const readyOf = async (id: string): Promise<{ reason: string; message: string } | undefined> =>
  (await read(id)).conditions.find(({ type }) => type === 'Ready');

describe.each(['quarantine', 'suspend'])('a %s', (effect) => {
  test('is whole although a member makes bindings all the time', { timeout: 120_000 }, async () => {
    const mallory = new Adversary(`mallory-${effect}@acme.example`);
    const { id, namespace } = await tenantOf(mallory);
    expect(await reads(mallory, namespace)).toBe(true);
    const resistance = resist(mallory, namespace);
    await eventually('there are bindings of the member', async () => {
      const { items } = await cluster.rbac.listNamespacedRoleBinding({ namespace });
      return items.filter(({ metadata }) => metadata?.name?.startsWith('again-')).length > 1;
    });
    const { operation } = await hold(id, effect);
    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    const { items } = await cluster.rbac.listNamespacedRoleBinding({ namespace });
    expect(items.flatMap(({ subjects = [] }) => subjects)).toEqual([]);
    await eventually('the member reads nothing', async () => !(await reads(mallory, namespace)));
    expect(await resistance.stop()).toBeGreaterThan(1);
    expect(await reads(mallory, namespace)).toBe(false);
    const after = await cluster.rbac.listNamespacedRoleBinding({ namespace });
    expect(after.items.flatMap(({ subjects = [] }) => subjects)).toEqual([]);
    // An administrator of the cluster who gives rights in the namespace by hand does not open it.
    await mallory.become(cluster, namespace).catch(() => undefined);
    expect(await mallory.create(ownBinding(namespace, 'another', mallory))).toContain('suspended or quarantined');
  });

  test('takes what a request from before left behind, although the hold has succeeded', async () => {
    const mallory = new Adversary(`late-${effect}@acme.example`);
    const { id, namespace } = await tenantOf(mallory);
    expect((await hold(id, effect)).operation).toMatchObject({ state: 'succeeded', error: null });
    expect(await reads(mallory, namespace)).toBe(false);
    // An administrator, whom the wall lets through, stands for a request that was admitted before it was there.
    const late = ownBinding(namespace, 'late', mallory);
    await cluster.objects.create(late);
    await eventually('the binding gives nothing', async () => {
      const { subjects = [] } = await cluster.rbac.readNamespacedRoleBinding({ namespace, name: 'late' });
      return subjects.length === 0;
    });
    await eventually('the member reads nothing', async () => !(await reads(mallory, namespace)));
  });

  test('goes on past a binding that only an administrator may change, and names it', async () => {
    const { id, namespace } = await tenantOf(new Adversary(`owner-${effect}@acme.example`));
    const name = 'auditors';
    await cluster.rbac.createNamespacedRoleBinding({
      namespace,
      body: {
        metadata: { name },
        roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'view' },
        subjects: [{ apiGroup: rbac, kind: 'Group', name }],
      },
    });
    const { operation } = await hold(id, effect);
    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    expect((await readyOf(id))?.message).toContain(
      `only an administrator can withdraw: ${rbac}/v1/RoleBinding/${namespace}/${name}`,
    );
    const holdId = (await read(id)).holds[0]?.id ?? '';
    const lifted = await bulkhead.api.change('DELETE', `/v1/tenants/${id}/holds/${holdId}`);
    expect(lifted.operation).toMatchObject({ state: 'succeeded', error: null });
    const binding = await cluster.rbac.readNamespacedRoleBinding({ namespace, name });
    expect(binding.subjects).toHaveLength(1);
    const own = await cluster.rbac.readNamespacedRoleBinding({ namespace, name: 'own' });
    expect(own.subjects).toHaveLength(1);
  });
});

test('a suspension takes down what names an owner that does not control it', async () => {
  const mallory = new Adversary('owner@acme.example');
  const { id, namespace } = await tenantOf(mallory);
  const map = await cluster.core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'owner' } } });
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: map.metadata?.uid ?? '', controller: true };
  const labels = { app: 'miner' };
  const pod = {
    containers: [
      {
        name: 'a',
        image: 'registry.example/miner:1',
        securityContext: { allowPrivilegeEscalation: false, runAsNonRoot: true },
      },
    ],
    terminationGracePeriodSeconds: 31_536_000,
  };
  const template = { metadata: { labels }, spec: { containers: pod.containers } };
  const metadata = (name: string): object => ({ name, namespace, labels, ownerReferences: [owner] });
  for (const object of [
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: metadata('set'),
      spec: { replicas: 2, selector: { matchLabels: labels }, template },
    },
    {
      apiVersion: 'v1',
      kind: 'ReplicationController',
      metadata: metadata('old'),
      spec: { replicas: 1, selector: labels, template },
    },
    { apiVersion: 'v1', kind: 'Pod', metadata: metadata('pod'), spec: pod },
  ]) {
    await mallory.objects.create(object);
  }
  const { operation } = await hold(id, 'suspend');
  expect(operation).toMatchObject({ state: 'succeeded', error: null });
  const { items } = await cluster.core.listNamespacedReplicationController({ namespace });
  expect(items.map(({ spec }) => spec?.replicas)).toEqual([0]);
  await eventually(
    'no pod is left',
    async () => (await cluster.core.listNamespacedPod({ namespace })).items.length === 0,
  );
});
