import { afterAll, beforeAll, expect, test } from 'vitest';

import { Adversary } from '../isolation/escapes/adversary.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';

let bulkhead: Bulkhead;

beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  await bulkhead.startWorker();
});
afterAll(() => bulkhead.stop());

test('a ServiceAccount is a member in its own namespace, with the rights of its role', async () => {
  const [slug, other] = [newSlug(), newSlug()];
  const members = [{ kind: 'ServiceAccount', name: 'pipeline', role: 'tenant-developer' }];
  const { tenant, operation } = await bulkhead.api.change('POST', '/v1/tenants', { slug, plan: 'team', members });
  expect(operation).toMatchObject({ state: 'succeeded', error: null });
  await bulkhead.api.change('POST', '/v1/tenants', { slug: other, plan: 'team', members });
  expect(await bulkhead.api.get(`/v1/tenants/${tenant.id}`)).toMatchObject({ members });
  const pipeline = new Adversary(`system:serviceaccount:tn-${slug}:pipeline`);
  const settings = (place: string): Parameters<Adversary['create']>[0] => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: `tn-${place}` },
  });
  expect(await pipeline.create(settings(slug))).toBe('admitted');
  expect(await pipeline.create(settings(other))).toContain('cannot create resource');
});

test('a ServiceAccount of the platform is a member from its own namespace', async () => {
  const slug = newSlug();
  const members = [{ kind: 'ServiceAccount', name: 'ci', namespace: 'build', role: 'tenant-admin' }];
  const { tenant, operation } = await bulkhead.api.change('POST', '/v1/tenants', { slug, plan: 'team', members });
  expect(operation).toMatchObject({ state: 'succeeded', error: null });
  expect(await bulkhead.api.get(`/v1/tenants/${tenant.id}`)).toMatchObject({ members });
  const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: `tn-${slug}` } };
  expect(await new Adversary('system:serviceaccount:build:ci').create(settings)).toBe('admitted');
  for (const other of [`tn-${slug}`, 'build-2']) {
    expect(await new Adversary(`system:serviceaccount:${other}:ci`).create(settings)).toContain(
      'cannot create resource',
    );
  }
});

test.for([
  ['of the control plane', 'kube-system', 'ServiceAccount'],
  ['of Bulkhead', 'bulkhead-system', 'ServiceAccount'],
  ['of another tenant', 'tn-other', 'ServiceAccount'],
  ['that no namespace can have', 'Build', 'ServiceAccount'],
  ['of a person', 'build', 'User'],
])('a member has no namespace %s', async ([, namespace, kind]) => {
  const members = [{ kind, name: 'ci', namespace, role: 'tenant-viewer' }];
  const answer = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug(), plan: 'team', members });
  expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  expect(JSON.stringify(answer.body)).toContain('"pointer":"/members/0/namespace"');
});

test.for([
  ['whose name nobody can tell from another', 'User', 'alice\nbob', 'tenant-viewer', '/members/0/name'],
  ['that ends in a space', 'User', 'alice ', 'tenant-viewer', '/members/0/name'],
  ['that is an account of another namespace', 'ServiceAccount', 'argocd:server', 'tenant-viewer', '/members/0/name'],
  ['as which every developer could act', 'ServiceAccount', 'pipeline', 'tenant-admin', '/members/0/role'],
])('nobody is a member %s', async ([, kind = '', name = '', role = '', pointer = '']) => {
  const body = { slug: newSlug(), plan: 'team', members: [{ kind, name, role }] };
  const answer = await bulkhead.api.send('POST', '/v1/tenants', body);
  expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  expect(JSON.stringify(answer.body)).toContain(`"pointer":"${pointer}"`);
});
