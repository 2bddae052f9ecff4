import { AdmissionregistrationV1Api, KubeConfig, type KubernetesObject } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { Adversary } from '../isolation/escapes/adversary.js';
import { type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';

interface PolicyBody {
  state: string;
  message: string | null;
  version: number;
  observedVersion: number;
}

const cluster = new Cluster();
const admin = new Adversary('admin@acme.example');
const config = new KubeConfig();
config.loadFromFile(inject('adminKubeconfig'));
const admission = config.makeApiClient(AdmissionregistrationV1Api);
const objects = admin.objects;
let bulkhead: Bulkhead;
const tenants: TenantBody[] = [];

beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  await bulkhead.startWorker();
  for (const region of ['eu', 'us']) tenants.push(await newTenant({ region }));
});
afterAll(() => bulkhead.stop());

async function newTenant(labels: Record<string, string>): Promise<TenantBody> {
  const members = [{ kind: 'User', name: admin.user, role: 'tenant-admin' }];
  const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', {
    slug: newSlug(),
    plan: 'team',
    members,
    labels,
  });
  const created = await bulkhead.api.get<TenantBody>(`/v1/tenants/${tenant.id}`);
  // The API server gives a new member its rights a moment after the binding was written.
  await eventually('the member may write', async () => !(await write(created, 'probe')).includes('cannot create'));
  return created;
}

const namespaceOf = ({ slug }: { slug: string }): string => `tn-${slug}`;
const configMap = (tenant: TenantBody | undefined, name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: tenant === undefined ? '' : namespaceOf(tenant) },
});
const write = (tenant: TenantBody | undefined, name: string): Promise<string> => admin.create(configMap(tenant, name));

const rule = {
  cel: {
    match: [{ apiGroups: [''], resources: ['configmaps'] }],
    variables: [{ name: 'names', expression: "variables.parameters.names.split(',')" }],
    validations: [{ expression: '!(object.metadata.name in variables.names)', message: 'Not this name.' }],
  },
};
const parameters = { names: ['one', 'two'] };

/** Sends a policy, and waits until it is in force. */
async function put(method: 'POST' | 'PUT', path: string, body: object): Promise<PolicyBody> {
  const answer = await bulkhead.api.send(method, path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(202);
  return bulkhead.api.get(`${answer.headers.get('location') ?? ''}?wait=30`);
}

describe('a policy in CEL', () => {
  const id = newSlug('policy');
  const body = (more: object = {}): object => ({ target: { all: true }, mode: 'enforce', rule, parameters, ...more });
  const [path, mine] = [`/v1/policies/${id}`, (): object => ({ tenants: tenants.map((tenant) => tenant.id) })];

  test('holds when it says so, for its tenants', async () => {
    const target = { labels: { region: 'eu' } };
    expect(await put('POST', '/v1/policies', { id, ...body({ target }) })).toMatchObject({
      state: 'in-force',
      observedVersion: 1,
      message: null,
      conditions: [{ type: 'Enforced', status: 'True', reason: 'InForce', observedVersion: 1 }],
    });
    expect(await write(tenants[0], 'one')).toContain('Not this name.');
    expect(await write(tenants[0], 'three')).toBe('admitted');
    expect(await write(tenants[1], 'one')).toBe('admitted');
    const later = await newTenant({ region: 'eu' });
    expect(await write(later, 'one')).toContain('Not this name.');
    await bulkhead.api.change('PATCH', `/v1/tenants/${later.id}`, { labels: { region: null } });
    expect(await write(later, 'one')).toBe('admitted');
  });

  test('holds with other parameters as soon as they are written', async () => {
    const target = mine();
    await put('PUT', path, body({ target }));
    expect(await put('PUT', path, body({ target, parameters: { names: ['three'] } }))).toMatchObject({
      observedVersion: 3,
    });
    await eventually('the parameters are known', async () => (await write(tenants[1], 'three')).includes('Not this'));
    expect(await write(tenants[1], 'one')).toBe('admitted');
  });

  test('leaves its exceptions alone until they expire', async () => {
    const [first, second] = tenants;
    const expiresAt = new Date(Date.now() + 5_000).toISOString();
    const exceptions = [{ tenant: first?.id, reason: 'They move this week.', expiresAt }];
    await put('PUT', path, body({ target: mine(), exceptions }));
    expect(await write(first, 'one')).toBe('admitted');
    expect(await write(second, 'one')).toContain('Not this name.');
    await eventually('the exception has expired', async () => (await write(first, 'one')).includes('Not this name.'));
    expect(Date.now()).toBeGreaterThanOrEqual(new Date(expiresAt).getTime());
  });

  test('only warns, or only notes, in the other modes, and returns to an earlier version', async () => {
    await put('PUT', path, body({ target: mine(), mode: 'warn' }));
    expect(await write(tenants[0], 'one')).toBe('admitted');
    await put('PUT', path, body({ target: mine(), mode: 'audit' }));
    expect(await write(tenants[0], 'one')).toBe('admitted');
    await bulkhead.api.send('POST', `${path}/rollback`, { version: 2 });
    expect(await bulkhead.api.get(`${path}?wait=30`)).toMatchObject({ state: 'in-force', version: 7, mode: 'enforce' });
    expect(await write(tenants[0], 'one')).toContain('Not this name.');
  });

  test('comes back when somebody takes it away', async () => {
    const { items } = await admission.listValidatingAdmissionPolicyBinding();
    const binding = items.find(({ metadata }) => metadata?.annotations?.['bulkhead.io/policy'] === id);
    await admission.deleteValidatingAdmissionPolicyBinding({ name: binding?.metadata?.name ?? '' });
    await bulkhead.database.query('UPDATE policies SET next_check_at = now() WHERE id = $1', [id]);
    await eventually('it holds again', async () => (await write(tenants[0], 'one')).includes('Not this name.'));
  });

  test('holds for what ends, and does not hold up its end', async () => {
    const metadata = {
      name: 'ending',
      namespace: namespaceOf(tenants[0] ?? { slug: '' }),
      finalizers: ['example.com/wait'],
    };
    await objects.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
    await put('PUT', path, body({ target: mine(), parameters: { names: ['ending'] } }));
    await eventually('it holds', async () => (await write(tenants[0], 'ending')) !== 'admitted');
    await objects.delete({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
    // A finalizer can hold it for as long as its tenant likes, and until then it can be changed.
    const changed = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 'b' } };
    expect(await admin.patch(changed as never)).toContain('Not this name.');
    const labelled = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...metadata, finalizers: null, labels: { a: 'b' } },
    };
    expect(await admin.patch(labelled as never)).toContain('Not this name.');
    const without = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...metadata, finalizers: null } };
    expect(await admin.patch(without as never)).toBe('admitted');
  });

  test('is gone when it is removed, with all that it had in the cluster', async () => {
    expect(await bulkhead.api.send('DELETE', path)).toMatchObject({ status: 202, body: { state: 'deleting' } });
    const meanwhile = new Set<string>();
    await eventually('it is gone', async () => {
      meanwhile.add(await write(tenants[0], 'one'));
      return (await bulkhead.api.send('GET', path)).status === 404;
    });
    expect([...meanwhile]).toEqual(['admitted']);
    expect(await write(tenants[0], 'one')).toBe('admitted');
    const { items } = await cluster.core.listNamespacedServiceAccount({ namespace: 'bulkhead-system' });
    expect(items.filter(({ metadata }) => metadata?.annotations?.['bulkhead.io/policy'] === id)).toEqual([]);
  });

  test('that is removed while it is brought into force is gone at once', async () => {
    const other = newSlug('policy');
    const created = await bulkhead.api.send('POST', '/v1/policies', { id: other, ...body({ target: mine() }) });
    expect(created.status).toBe(202);
    // The worker has written it, and waits until the API server acts on it.
    await eventually('it stands', async () => {
      const { items } = await admission.listValidatingAdmissionPolicyBinding();
      return items.some(({ metadata }) => metadata?.annotations?.['bulkhead.io/policy'] === other);
    });
    expect((await bulkhead.api.send('DELETE', `/v1/policies/${other}`)).status).toBe(202);
    const isGone = async (): Promise<boolean> =>
      (await bulkhead.api.send('GET', `/v1/policies/${other}`)).status === 404;
    await eventually('it is gone', isGone, 20_000);
  });

  test('that the API server refuses says why', async () => {
    const refused = newSlug('policy');
    await put('POST', '/v1/policies', { id: refused, ...body({ target: mine() }) });
    // As if it had been stored before the API refused it.
    await bulkhead.database.query(
      `UPDATE policy_versions SET spec = jsonb_set(spec, '{rule,cel,match,0,apiGroups}', '["*", "apps"]')
       WHERE policy_id = $1`,
      [refused],
    );
    await bulkhead.database.query('UPDATE policies SET next_check_at = now() WHERE id = $1', [refused]);
    const state = (): Promise<PolicyBody> => bulkhead.api.get(`/v1/policies/${refused}`);
    await eventually('it says so', async () => (await state()).state === 'failed');
    const message = expect.stringContaining('apiGroups') as string;
    expect(await state()).toMatchObject({
      message,
      conditions: [{ type: 'Enforced', status: 'False', reason: 'EngineRefused', message }],
    });
    await bulkhead.api.send('DELETE', `/v1/policies/${refused}`);
  });

  test('that can match nothing in the cluster says so', async () => {
    const match = [{ apiGroups: ['nothing.example'], resources: ['things'] }];
    const idle = await put('POST', '/v1/policies', {
      id: newSlug('policy'),
      ...body({ target: mine(), rule: { cel: { ...rule.cel, match } } }),
    });
    const message = expect.stringContaining('matches nothing: the cluster serves no things') as string;
    expect(idle).toMatchObject({ state: 'in-force', message, conditions: [{ status: 'True', message }] });
  });

  test('is in force with parameters that are objects', async () => {
    const nested = newSlug('policy');
    const expression = '!variables.parameters.of.exists(o, o.name == object.metadata.name)';
    const cel = { match: rule.cel.match, validations: [{ expression, message: 'Not that one.' }] };
    const answer = await put('POST', '/v1/policies', {
      id: nested,
      ...body({ target: mine(), rule: { cel }, parameters: { of: [{ name: 'nested', more: [1, null, 'x'] }] } }),
    });
    expect(answer).toMatchObject({ state: 'in-force', message: null });
    expect(await write(tenants[0], 'nested')).toContain('Not that one.');
    expect(await write(tenants[0], 'other')).toBe('admitted');
  });
});

test('a policy waits for a worker, and is lost with nothing', async () => {
  const other = await Bulkhead.start();
  try {
    const id = newSlug('policy');
    const target = { tenants: [] as string[] };
    const { tenant } = {
      tenant: (await other.api.send('POST', '/v1/tenants', { slug: newSlug(), plan: 'free' })).body,
    };
    target.tenants.push(String(tenant['id']));
    await other.api.send('POST', '/v1/policies', { id, target, mode: 'enforce', rule, parameters });
    expect(await other.api.get(`/v1/policies/${id}?wait=1`)).toMatchObject({
      state: 'pending',
      observedVersion: 0,
      conditions: [{ type: 'Enforced', status: 'Unknown', reason: 'Pending' }],
    });
    expect(await bulkhead.api.get('/v1/policies')).not.toMatchObject({ items: [{ id }] });
  } finally {
    await other.stop();
  }
});
