import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type OperationBody, type StepBody, type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { Cluster, workerWrites } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { type Program } from '../support/program.js';
import { Refusal } from '../support/refusal.js';
import { SlowConnection } from '../support/slow-connection.js';

const cluster = new Cluster();
const ready = ({ conditions }: TenantBody): object | undefined => conditions.find(({ type }) => type === 'Ready');

describe('an operation that the API server refuses', () => {
  let bulkhead: Bulkhead;
  let worker: Program;
  beforeAll(async () => {
    bulkhead = await Bulkhead.start();
    worker = await bulkhead.startWorker();
  });
  afterAll(() => bulkhead.stop());

  test('has the same reason in step, condition and log, with a remedy, and succeeds when retried', async () => {
    const slug = newSlug('refused');
    const namespace = `tn-${slug}`;
    const refusal = await Refusal.inNamespace(cluster, namespace);
    const { tenant, operation } = await bulkhead.api.change('POST', '/v1/tenants', { slug, plan: 'team' });
    const cause = { code: 'WriteRefused', reason: 'Invalid', httpStatus: 422 };
    const said = expect.stringContaining(`no limits in ${namespace}`) as string;
    const object = `v1/LimitRange/${namespace}/tenant-limits`;
    const failed = operation.steps.find(({ state }) => state === 'failed') as StepBody;
    expect(operation).toMatchObject({ state: 'failed', stepsDropped: 0, retryOf: null });
    expect(operation.error).toMatchObject({ reason: 'WriteRefused', message: said, cause, object: failed.object });
    expect(failed).toMatchObject({ name: 'apply', error: said, cause });
    expect(failed.attempts).toBeGreaterThanOrEqual(3);
    expect(failed.object.startsWith(object.slice(0, object.lastIndexOf('/')))).toBe(true);
    expect(failed.remedy).toBe(operation.error?.remedy);
    expect(failed.remedy).toContain('retry');
    expect(Date.parse(failed.startedAt ?? '')).toBeGreaterThan(Date.now() - 60_000);
    const fine = operation.steps.find(({ state }) => state === 'succeeded');
    expect(fine).toMatchObject({ error: null, cause: null, remedy: null });

    const after = await bulkhead.api.get<TenantBody>(`/v1/tenants/${tenant.id}`);
    expect(after.phase).toBe('failed');
    expect(ready(after)).toMatchObject({ status: 'False', reason: 'WriteRefused', message: said });
    expect(after.conditions.find(({ type }) => type === 'QuotaApplied')).toMatchObject({ reason: 'WriteRefused' });
    const line = worker
      .output()
      .split('\n')
      .find((text) => text.includes(tenant.id) && text.includes('WriteRefused'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      level: 'warn',
      reason: 'WriteRefused',
      object: failed.object,
      cause,
    });

    await refusal.lift();
    const answer = await bulkhead.api.send('POST', `/v1/operations/${operation.id}/retry`);
    expect(answer).toMatchObject({ status: 202, body: { kind: 'create', state: 'pending', retryOf: operation.id } });
    const again = await bulkhead.api.get<OperationBody>(`${answer.headers.get('location') ?? ''}?wait=45`);
    expect(again).toMatchObject({ id: answer.body['id'], state: 'succeeded', error: null, retryOf: operation.id });
    expect(await bulkhead.api.get(`/v1/tenants/${tenant.id}`)).toMatchObject({ phase: 'active', generation: 2 });
    const twice = await bulkhead.api.send('POST', `/v1/operations/${operation.id}/retry`);
    expect(twice).toMatchObject({ status: 409, body: { code: 'operation.not_retryable' } });
    expect(twice.body['detail']).toContain('newer change');
  });

  test('a successful operation can be neither retried nor cancelled', async () => {
    const { operation } = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug('done'), plan: 'free' });
    expect(await bulkhead.api.send('POST', `/v1/operations/${operation.id}/retry`)).toMatchObject({
      status: 409,
      body: { code: 'operation.not_retryable' },
    });
    expect(await bulkhead.api.send('POST', `/v1/operations/${operation.id}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'operation.not_cancellable' },
    });
  });

  test('deletions have a step that waits for namespaces', async () => {
    const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug('gone'), plan: 'free' });
    const { operation } = await bulkhead.api.change('DELETE', `/v1/tenants/${tenant.id}?retention=0`);
    const wait = operation.steps.find(({ name }) => name === 'wait');
    expect(wait).toMatchObject({ object: `v1/Namespace/tn-${tenant.slug}`, state: 'succeeded', error: null });
  });
});

describe('permissions', () => {
  let bulkhead: Bulkhead;
  beforeAll(async () => {
    bulkhead = await Bulkhead.start();
  });
  afterAll(() => bulkhead.stop());

  test('an unknown operation is not found, whatever its id', async () => {
    for (const id of ['op_01kab4x2fqe3n8v6zj5t0w9rsy', 'op_x', 'tenant_01kab4x2fqe3n8v6zj5t0w9rsy', '%00']) {
      for (const verb of ['retry', 'cancel']) {
        const answer = await bulkhead.api.send('POST', `/v1/operations/${id}/${verb}`);
        expect({ id, verb, ...answer }).toMatchObject({ id, verb, status: 404, body: { code: 'operation.not_found' } });
      }
    }
  });

  test('only operators can retry and cancel, and a signup flow does not learn which operations exist', async () => {
    for (const [role, status] of Object.entries({ auditor: 403, signup: 404, billing: 403, operator: 404 })) {
      const caller = bulkhead.api.as(await bulkhead.createKey(role));
      for (const verb of ['retry', 'cancel']) {
        const answer = await caller.send('POST', `/v1/operations/op_01kab4x2fqe3n8v6zj5t0w9rsy/${verb}`);
        expect({ role, verb, status: answer.status }).toEqual({ role, verb, status });
      }
    }
  });
});

describe('cancelling', () => {
  test('before a worker starts leaves the cluster alone until a retry, and a delete works afterwards', async () => {
    const bulkhead = await Bulkhead.start();
    try {
      const slug = newSlug('cancelled');
      const created = await bulkhead.api.send('POST', '/v1/tenants', { slug, plan: 'free' });
      const id = created.body['id'] as string;
      const location = created.headers.get('location') ?? '';
      const cancelled = await bulkhead.api.send('POST', `${location}/cancel`);
      expect(cancelled).toMatchObject({
        status: 200,
        body: {
          state: 'cancelled',
          error: { reason: 'Cancelled', remedy: expect.stringContaining('Retry') as string },
        },
      });
      expect(cancelled.body['finishedAt']).not.toBeNull();
      const tenant = await bulkhead.api.get<TenantBody>(`/v1/tenants/${id}`);
      expect(tenant).toMatchObject({ phase: 'failed', generation: 1, observedGeneration: 0, plan: { id: 'free' } });
      expect(ready(tenant)).toMatchObject({ status: 'False', reason: 'Cancelled' });
      expect((await bulkhead.api.send('POST', `${location}/cancel`)).body['code']).toBe('operation.not_cancellable');

      // The wake-up of the creation is still queued; a later tenant proves that it was consumed.
      await bulkhead.startWorker();
      await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug('later'), plan: 'free' });
      expect(await cluster.objectsOf(id)).toEqual([]);
      expect(workerWrites(`tn-${slug}`)).toEqual([]);

      const retried = await bulkhead.api.send('POST', `${location}/retry`);
      const next = await bulkhead.api.get<OperationBody>(`${retried.headers.get('location') ?? ''}?wait=45`);
      expect(next).toMatchObject({ kind: 'create', state: 'succeeded', generation: 2 });
      const active = await bulkhead.api.get<TenantBody>(`/v1/tenants/${id}`);
      expect(active).toMatchObject({ phase: 'active' });
      expect(ready(active)).toMatchObject({ status: 'True' });
      const removal = await bulkhead.api.change('DELETE', `/v1/tenants/${id}?retention=0`);
      expect(removal.operation.state).toBe('succeeded');
    } finally {
      await bulkhead.stop();
    }
  });

  test('during a pass ends it before its next wave; steps are visible; a later change continues', async () => {
    const way = await SlowConnection.open(1_000);
    const bulkhead = await Bulkhead.start({ kubeconfig: way.kubeconfig });
    try {
      await bulkhead.startWorker();
      const slug = newSlug('midway');
      const created = await bulkhead.api.send('POST', '/v1/tenants', { slug, plan: 'team' });
      const id = created.body['id'] as string;
      const location = created.headers.get('location') ?? '';
      await eventually('steps show while the pass works', async () => {
        const { state, steps } = await bulkhead.api.get<OperationBody>(location);
        return state === 'running' && steps.some((step) => step.object === `v1/Namespace/tn-${slug}`);
      });
      expect((await bulkhead.api.send('POST', `${location}/cancel`)).status).toBe(200);
      await eventually('the lease is given back', async () => {
        const [row] = await bulkhead.database.query<{ free: boolean }>(
          'SELECT lease_owner IS NULL AND next_reconcile_at IS NULL AS free FROM tenants WHERE slug = $1',
          [slug],
        );
        return row?.free;
      });
      const stopped = await bulkhead.api.get<OperationBody>(location);
      expect(stopped).toMatchObject({ state: 'cancelled', error: { reason: 'Cancelled' } });
      expect(stopped.steps.filter(({ state }) => state === 'running')).toEqual([]);
      const tenant = await bulkhead.api.get<TenantBody>(`/v1/tenants/${id}`);
      expect(tenant).toMatchObject({ phase: 'failed', observedGeneration: 0 });
      expect(ready(tenant)).toMatchObject({ reason: 'Cancelled' });
      // Objects that grant access come last and were not reached.
      const stands = await cluster.objectsOf(id);
      expect(stands).toContain(`Namespace/tn-${slug}`);
      expect(stands.filter((name) => name.startsWith('RoleBinding/'))).toEqual([]);

      const { operation } = await bulkhead.api.change('PATCH', `/v1/tenants/${id}`, { plan: 'free' });
      expect(operation.state).toBe('succeeded');
      expect(await bulkhead.api.get(`/v1/tenants/${id}`)).toMatchObject({ phase: 'active', plan: { id: 'free' } });
    } finally {
      await bulkhead.stop();
      await way.close();
    }
  }, 120_000);

  test('a deletion is refused', async () => {
    const bulkhead = await Bulkhead.start();
    try {
      const created = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug('deleted'), plan: 'free' });
      const deletion = await bulkhead.api.send('DELETE', `/v1/tenants/${created.body['id'] as string}?retention=0`);
      const location = deletion.headers.get('location') ?? '';
      const answer = await bulkhead.api.send('POST', `${location}/cancel`);
      expect(answer).toMatchObject({ status: 409, body: { code: 'operation.not_cancellable' } });
      expect(await bulkhead.api.get(location)).toMatchObject({ kind: 'delete', state: 'pending' });
      const superseded = created.headers.get('location') ?? '';
      expect((await bulkhead.api.send('POST', `${superseded}/retry`)).body['code']).toBe('operation.not_retryable');
    } finally {
      await bulkhead.stop();
    }
  });
});

test('an operation without progress reports why, and fails at its deadline', async () => {
  const way = await SlowConnection.open(0);
  const bulkhead = await Bulkhead.start({
    kubeconfig: way.kubeconfig,
    env: { BULKHEAD_OPERATION_DEADLINE_SECONDS: '5' },
  });
  try {
    await bulkhead.startWorker();
    await way.shut();
    const created = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug('nowhere'), plan: 'free' });
    const location = created.headers.get('location') ?? '';
    await eventually('the cause shows while it runs', async () => {
      const { state, error } = await bulkhead.api.get<OperationBody>(location);
      return state === 'running' && error?.reason === 'ClusterUnreachable' && error.remedy !== '';
    });
    const operation = await bulkhead.api.get<OperationBody>(`${location}?wait=45`);
    expect(operation).toMatchObject({ state: 'failed', error: { reason: 'ClusterUnreachable' } });
    const tenant = await bulkhead.api.get<TenantBody>(`/v1/tenants/${created.body['id'] as string}`);
    expect(tenant.phase).toBe('failed');
    expect(tenant.conditions.find(({ type }) => type === 'ClusterReachable')).toMatchObject({ status: 'False' });
    const [row] = await bulkhead.database.query<{ later: boolean }>(
      "SELECT next_reconcile_at > now() + interval '5 minutes' AS later FROM tenants",
    );
    expect(row).toEqual({ later: true });
  } finally {
    await bulkhead.stop();
    await way.close();
  }
});
