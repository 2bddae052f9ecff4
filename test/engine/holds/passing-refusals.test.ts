import { AppsV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type TenantBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster } from '../../support/cluster.js';
import { FaultProxy } from '../../support/fault-proxy.js';

const cluster = new Cluster();
const apps = cluster.client(AppsV1Api);
let bulkhead: Bulkhead;
let proxy: FaultProxy;
beforeAll(async () => {
  proxy = await FaultProxy.start();
  bulkhead = await Bulkhead.start({ kubeconfig: proxy.kubeconfig });
  await bulkhead.startWorker();
});
afterAll(async () => {
  await bulkhead.stop();
  await proxy.stop();
});

/** How an API server answers whose admission has just started. */
const starting = {
  kind: 'answer',
  status: 403,
  headers: {},
  body: { kind: 'Status', reason: 'Forbidden', code: 403, message: 'not yet ready to handle request' },
} as const;

/** Refuses the first two writes of objects of a kind that are patched; returns how many were refused. */
function refuseFirst(resource: string): () => number {
  let refused = 0;
  const pass = proxy.use(({ method, path }) => {
    if (method !== 'PATCH' || !path.includes(`/${resource}/`) || refused === 2) return undefined;
    refused += 1;
    return starting;
  });
  return () => {
    pass();
    return refused;
  };
}

test('a refusal that passes neither leaves access open nor loses what is resumed', { timeout: 120_000 }, async () => {
  const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'team' });
  const namespace = `tn-${tenant.slug}`;
  const [apiGroup, labels] = ['rbac.authorization.k8s.io', { app: 'web' }];
  await cluster.rbac.createNamespacedRoleBinding({
    namespace,
    body: {
      metadata: { name: 'own' },
      roleRef: { apiGroup, kind: 'ClusterRole', name: 'bulkhead-tenant-viewer' },
      subjects: [{ apiGroup, kind: 'User', name: 'bob@acme.example' }],
    },
  });
  const template = { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'a' }] } };
  const spec = { replicas: 2, selector: { matchLabels: labels }, template };
  await apps.createNamespacedDeployment({ namespace, body: { metadata: { name: 'web' }, spec } });

  const refusedAccess = refuseFirst('rolebindings');
  const hold = { source: 'billing', effect: 'suspend', reason: 'Unpaid.' };
  const placed = await bulkhead.api.change('POST', `/v1/tenants/${tenant.id}/holds`, hold);
  expect(placed.operation).toMatchObject({ state: 'succeeded', error: null });
  expect(refusedAccess()).toBe(2);
  const emptied = await cluster.rbac.readNamespacedRoleBinding({ namespace, name: 'own' });
  expect(emptied.subjects ?? []).toEqual([]);
  expect((await apps.readNamespacedDeployment({ namespace, name: 'web' })).spec?.replicas).toBe(0);

  const refusedWorkload = refuseFirst('deployments');
  const { holds } = await bulkhead.api.get<TenantBody & { holds: { id: string }[] }>(`/v1/tenants/${tenant.id}`);
  const lifted = await bulkhead.api.change('DELETE', `/v1/tenants/${tenant.id}/holds/${holds[0]?.id ?? ''}`);
  expect(lifted.operation).toMatchObject({ state: 'succeeded', error: null });
  expect(refusedWorkload()).toBe(2);
  expect((await apps.readNamespacedDeployment({ namespace, name: 'web' })).spec?.replicas).toBe(2);
  expect((await cluster.rbac.readNamespacedRoleBinding({ namespace, name: 'own' })).subjects).toHaveLength(1);
});
