import { afterAll, beforeAll, expect, test } from 'vitest';

import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster } from '../../support/cluster.js';

const cluster = new Cluster();
let bulkhead: Bulkhead;

beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  await bulkhead.startWorker();
});
afterAll(() => bulkhead.stop());

const apiGroup = 'rbac.authorization.k8s.io';
const name = 'bulkhead-tenant-viewer';
const viewer = { kind: 'User', name: 'vera@acme.example', role: 'tenant-viewer' };
const mallory = { apiGroup, kind: 'User', name: 'mallory@acme.example' };

test.for([{ finalizers: [] }, { finalizers: ['acme.example/keep'] }])(
  'a binding that stands under the name of Bulkhead’s with another role is replaced ($finalizers)',
  async ({ finalizers }) => {
    const slug = newSlug();
    const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug, plan: 'team' });
    const namespace = `tn-${slug}`;
    // By an administrator: tenants cannot take the name.
    await cluster.rbac.createNamespacedRoleBinding({
      namespace,
      body: {
        metadata: { name, namespace, finalizers },
        roleRef: { apiGroup, kind: 'ClusterRole', name: 'bulkhead-tenant-admin' },
        subjects: [mallory],
      },
    });
    const { operation } = await bulkhead.api.change('PATCH', `/v1/tenants/${tenant.id}`, { members: [viewer] });
    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    const { roleRef, subjects, metadata } = await cluster.rbac.readNamespacedRoleBinding({ namespace, name });
    expect(roleRef).toEqual({ apiGroup, kind: 'ClusterRole', name });
    expect(subjects).toEqual([{ apiGroup, kind: 'User', name: viewer.name }]);
    expect(metadata).toMatchObject({ labels: { 'bulkhead.io/tenant-id': tenant.id } });
  },
);

test('a binding under the name of Bulkhead’s with its role is taken over', async () => {
  const slug = newSlug();
  const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug, plan: 'team' });
  const namespace = `tn-${slug}`;
  const roleRef = { apiGroup, kind: 'ClusterRole', name };
  const body = { metadata: { name, namespace }, roleRef, subjects: [mallory] };
  const { metadata } = await cluster.rbac.createNamespacedRoleBinding({ namespace, body });
  await bulkhead.api.change('PATCH', `/v1/tenants/${tenant.id}`, { members: [viewer] });
  const after = await cluster.rbac.readNamespacedRoleBinding({ namespace, name });
  expect(after.subjects).toEqual([{ apiGroup, kind: 'User', name: viewer.name }]);
  expect(after.metadata?.uid).toBe(metadata?.uid);
});
