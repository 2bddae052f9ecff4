import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { Adversary } from '../../isolation/escapes/adversary.js';
import { type OperationBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';

const finalizers = ['example.com/hold'];
const cluster = new Cluster();
let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start({ env: { BULKHEAD_POD_GRACE_SECONDS: '5' } });
  await bulkhead.startWorker();
});
afterAll(() => bulkhead.stop());

test('a deletion takes access and traffic first, whoever made what gives them', async () => {
  const mallory = new Adversary('mallory-deleted@acme.example');
  const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'team' });
  const namespace = `tn-${tenant.slug}`;
  await mallory.become(cluster, namespace);
  const policy = { metadata: { name: 'open', finalizers }, spec: { podSelector: {}, egress: [{}] } };
  await cluster.networking.createNamespacedNetworkPolicy({ namespace, body: policy });
  const apiGroup = 'rbac.authorization.k8s.io';
  const roleRef = { apiGroup, kind: 'ClusterRole', name: 'bulkhead-tenant-admin' };
  const subjects = [{ apiGroup, kind: 'User', name: mallory.user }];
  await cluster.rbac.createNamespacedRoleBinding({
    namespace,
    body: { metadata: { name: 'kept', finalizers }, roleRef, subjects },
  });
  const name = 'lasting';
  const spec = {
    terminationGracePeriodSeconds: 31_536_000,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'a',
        image: 'a',
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  };
  await cluster.core.createNamespacedPod({ namespace, body: { metadata: { name }, spec } });
  // A pod that no node has is gone at once.
  const target = { kind: 'Node', name: 'nowhere' };
  await cluster.core.createNamespacedPodBinding({ namespace, name, body: { metadata: { name }, target } });
  const reads = (): Promise<boolean> =>
    mallory.objects.list('v1', 'Secret', namespace).then(
      () => true,
      () => false,
    );
  expect(await reads()).toBe(true);
  const deletion = await bulkhead.api.send('DELETE', `/v1/tenants/${tenant.id}?retention=0`);
  const location = deletion.headers.get('location') ?? '';
  await eventually('the pod is ending, in the time that the installation gives', async () => {
    const { error } = await bulkhead.api.get<OperationBody>(location);
    const { metadata } = await cluster.core.readNamespacedPod({ namespace, name });
    const isNamed = error?.reason === 'PodsTerminating' && error.message.includes(`${namespace}/lasting`);
    return isNamed && metadata?.deletionGracePeriodSeconds === 5;
  });
  await eventually('he reads nothing', async () => !(await reads()));
  const { items } = await cluster.networking.listNamespacedNetworkPolicy({ namespace });
  const opening = items.filter(({ spec }) => (spec?.ingress ?? spec?.egress) !== undefined);
  expect(opening.map(({ metadata }) => metadata?.name)).toEqual([]);
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  const body = { metadata: { finalizers: null } };
  await cluster.rbac.patchNamespacedRoleBinding({ namespace, name: 'kept', body }, merge);
  await cluster.networking.patchNamespacedNetworkPolicy({ namespace, name: 'open', body }, merge);
  await eventually('the tenant is deleted', async () => {
    const { state } = await bulkhead.api.get<OperationBody>(location);
    return state === 'succeeded';
  });
  const { statement } = await bulkhead.api.get<{ statement: { version: number; removed: { forced?: string[] } } }>(
    `/v1/tenants/${tenant.id}/deletion-certificate`,
  );
  expect(statement.version).toBe(2);
  expect(statement.removed.forced).toEqual([`v1/Pod/${namespace}/lasting`]);
});
