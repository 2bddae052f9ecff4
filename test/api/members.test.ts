import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Adversary } from '../isolation/escapes/adversary.js';
import { type ApiAnswer, type OperationBody } from '../support/api-client.js';
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

interface Member {
  id: string;
  kind: string;
  name: string;
  role: string;
}
const owner = { kind: 'User', name: 'owner@demo.example', role: 'tenant-owner' };

async function newTenant(members: object[] = [owner]): Promise<{ id: string; slug: string; path: string }> {
  const body = { slug: newSlug(), plan: 'free', members };
  const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', body);
  return { id: tenant.id, slug: tenant.slug, path: `/v1/tenants/${tenant.id}/members` };
}
const listed = async (path: string): Promise<Member[]> => (await bulkhead.api.get<{ items: Member[] }>(path)).items;
const codeOf = async (answer: Promise<ApiAnswer>): Promise<unknown> => (await answer).body['code'];

describe('members as a resource', () => {
  test('are added, changed and removed one by one, with what the cluster lets them do', async () => {
    const { path, slug } = await newTenant();
    const added = await bulkhead.api.change('POST', path, {
      kind: 'User',
      name: 'dev@demo.example',
      role: 'tenant-developer',
    });
    const { id } = added.tenant;
    expect(id).toMatch(/^member_/);
    const developer = new Adversary('dev@demo.example');
    const settings = (name: string): Parameters<Adversary['create']>[0] => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: `tn-${slug}` },
    });
    expect(await developer.create(settings('before'))).toBe('admitted');
    await bulkhead.api.change('PATCH', `${path}/${id}`, { role: 'tenant-viewer' });
    expect(await developer.create(settings('viewer'))).toContain('cannot create resource');
    expect(await bulkhead.api.get(`${path}/${id}`)).toEqual({
      id,
      kind: 'User',
      name: 'dev@demo.example',
      role: 'tenant-viewer',
    });
    expect((await listed(path)).map(({ name, role }) => [name, role])).toEqual([
      ['owner@demo.example', 'tenant-owner'],
      ['dev@demo.example', 'tenant-viewer'],
    ]);
    await bulkhead.api.change('DELETE', `${path}/${id}`);
    expect(await listed(path)).toHaveLength(1);
    expect(await codeOf(bulkhead.api.send('DELETE', `${path}/${id}`))).toBe('member.not_found');
    const [event] = (await bulkhead.api.get<{ items: { action: string }[] }>('/v1/audit-events?action=members.remove'))
      .items;
    expect(event?.action).toBe('members.remove');
  });

  test('are not changed by a request that saw another version, and added once by a repeated one', async () => {
    const { path } = await newTenant();
    const { headers } = await bulkhead.api.send('GET', path);
    const etag = headers.get('etag') ?? '';
    const body = { kind: 'Group', name: 'qa', role: 'tenant-viewer' };
    const add = (more: Record<string, string>): Promise<ApiAnswer> => bulkhead.api.send('POST', path, body, more);
    const first = await add({ 'if-match': etag, 'idempotency-key': 'add-qa' });
    expect(first.status).toBe(202);
    const again = await add({ 'if-match': etag, 'idempotency-key': 'add-qa' });
    expect([again.body, again.headers.get('idempotency-replayed')]).toEqual([first.body, 'true']);
    const member = `${path}/${first.body['id'] as string}`;
    expect(await codeOf(bulkhead.api.send('DELETE', member, undefined, { 'if-match': etag }))).toBe(
      'precondition.failed',
    );
    expect(await codeOf(add({}))).toBe('member.exists');
  });

  test('keep an owner, however the last one would go', async () => {
    const { id, path } = await newTenant();
    const [last] = await listed(path);
    const member = `${path}/${last?.id ?? ''}`;
    expect(await codeOf(bulkhead.api.send('DELETE', member))).toBe('member.last_owner');
    expect(await codeOf(bulkhead.api.send('PATCH', member, { role: 'tenant-admin' }))).toBe('member.last_owner');
    expect(await codeOf(bulkhead.api.send('PATCH', `/v1/tenants/${id}`, { members: null }))).toBe('member.last_owner');
    await bulkhead.api.send('POST', path, { ...owner, name: 'second@demo.example' });
    expect((await bulkhead.api.send('DELETE', member)).status).toBe(202);
    expect((await listed(path)).map(({ name }) => name)).toEqual(['second@demo.example']);
  });

  test('get no role that can do more than who gives it', async () => {
    const { id, path } = await newTenant();
    const grantor = {
      name: 'grantor',
      permissions: ['members:write', 'tenants:read', 'operations:read'],
      tenantId: id,
    };
    const { body } = await bulkhead.api.send('POST', '/v1/api-keys', grantor);
    const limited = bulkhead.api.as(body['key'] as string);
    const give = (role: string): Promise<ApiAnswer> => limited.send('POST', path, { kind: 'User', name: role, role });
    expect((await give('tenant-viewer')).status).toBe(202);
    for (const role of ['tenant-developer', 'tenant-admin', 'tenant-owner']) {
      expect(await codeOf(give(role))).toBe('auth.forbidden');
      expect(await codeOf(limited.send('POST', `/v1/tenants/${id}/invitations`, { email: 'a@b.example', role }))).toBe(
        'auth.forbidden',
      );
      const members = [owner, { kind: 'User', name: 'me', role }];
      expect(await codeOf(limited.send('PATCH', `/v1/tenants/${id}`, { members }))).toBe('auth.forbidden');
    }
  });

  test.for<[string, object, string]>([
    ['a ServiceAccount as an administrator', { kind: 'ServiceAccount', name: 'ci', role: 'tenant-admin' }, '/role'],
    ['a name of Kubernetes', { kind: 'Group', name: 'system:masters', role: 'tenant-viewer' }, '/name'],
    ['an unknown role', { kind: 'User', name: 'a', role: 'operator' }, '/role'],
  ])('do not include %s', async ([, body, pointer]) => {
    const { path } = await newTenant();
    const answer = await bulkhead.api.send('POST', path, body);
    expect(answer.body).toMatchObject({ code: 'request.invalid', errors: [{ pointer }] });
    expect(await listed(path)).toHaveLength(1);
  });

  test('are not made administrators if they are ServiceAccounts', async () => {
    const { path } = await newTenant([owner, { kind: 'ServiceAccount', name: 'ci', role: 'tenant-viewer' }]);
    const account = (await listed(path)).find(({ kind }) => kind === 'ServiceAccount');
    const answer = await bulkhead.api.send('PATCH', `${path}/${account?.id ?? ''}`, { role: 'tenant-admin' });
    expect(answer.body).toMatchObject({ code: 'request.invalid', errors: [{ pointer: '/role' }] });
  });
});

test('the removal of a member does not wait behind other tenants', async () => {
  const own = await Bulkhead.start();
  try {
    const worker = await own.startWorker();
    const members = [owner, { ...owner, name: 'leaver@demo.example' }];
    const { tenant } = await own.api.change('POST', '/v1/tenants', { slug: newSlug('urgent'), plan: 'free', members });
    await worker.stop();
    const others = Array.from({ length: 120 }, () => newSlug('queued'));
    for (const slug of others) await own.api.send('POST', '/v1/tenants', { slug, plan: 'free' });
    const path = `/v1/tenants/${tenant.id}/members`;
    const { items } = await own.api.get<{ items: Member[] }>(path);
    const leaver = items.find(({ name }) => name === 'leaver@demo.example');
    const answer = await own.api.send('DELETE', `${path}/${leaver?.id ?? ''}`);
    await own.startWorker({ BULKHEAD_WORKER_CONCURRENCY: '1' });
    const operation = await own.api.get<OperationBody>(`${answer.headers.get('location') ?? ''}?wait=45`);
    expect(operation.state).toBe('succeeded');
    const [row] = await own.database.query<{ waiting: string }>(
      `SELECT count(*) AS waiting FROM operations o WHERE kind = 'create'
         AND (finished_at IS NULL OR finished_at > (SELECT finished_at FROM operations WHERE kind = 'update'))`,
    );
    expect(Number(row?.waiting)).toBeGreaterThanOrEqual(100);
  } finally {
    await own.stop();
  }
});
