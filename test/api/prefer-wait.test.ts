import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ApiAnswer, type OperationBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { Refusal } from '../support/refusal.js';

const wait = { prefer: 'wait=45' };
const create = (bulkhead: Bulkhead, headers: Record<string, string>, plan = 'free'): Promise<ApiAnswer> =>
  bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug('prefer'), plan }, headers);
const operationOf = ({ body }: ApiAnswer): OperationBody | undefined => body['operation'] as OperationBody | undefined;
const appliedOf = ({ headers }: ApiAnswer): string | null => headers.get('preference-applied');

describe('with a worker', () => {
  let bulkhead: Bulkhead;
  beforeAll(async () => {
    bulkhead = await Bulkhead.start();
    await bulkhead.startWorker();
  });
  afterAll(() => bulkhead.stop());

  /** Sends a change that waits, and checks what all such answers have in common. */
  async function settled(method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    const answer = await bulkhead.api.send(method, path, body, wait);
    expect({ status: answer.status, body: answer.body }).toMatchObject({
      status: 202,
      body: { operation: { state: 'succeeded', error: null } },
    });
    expect(appliedOf(answer)).toBe('wait=45');
    expect(answer.headers.get('retry-after')).toBe(null);
    const { operation, operationId, ...resource } = answer.body;
    expect(operationId).toBe((operation as OperationBody).id);
    const location = answer.headers.get('location') ?? '';
    expect(location).toBe(`/v1/operations/${(operation as OperationBody).id}`);
    expect(await bulkhead.api.get(location)).toEqual(operation);
    return { ...answer, body: resource };
  }

  test('every change of a tenant answers with the operation that has ended, and the tenant as it is then', async () => {
    const { body, headers } = await settled('POST', '/v1/tenants', { slug: newSlug('prefer'), plan: 'team' });
    const path = `/v1/tenants/${String(body['id'])}`;
    expect(body).toMatchObject({ phase: 'active', generation: 1, observedGeneration: 1 });
    const read = await bulkhead.api.send('GET', path);
    expect(body).toEqual(read.body);
    expect(headers.get('etag')).toBe(read.headers.get('etag'));

    const members = [{ kind: 'User', name: 'alice', role: 'tenant-viewer' }];
    const changed = await settled('PATCH', path, { members });
    expect(changed.body).toMatchObject({ members, phase: 'active', observedGeneration: 2 });

    const hold = await settled('POST', `${path}/holds`, { source: 'security', effect: 'quarantine', reason: 'test' });
    expect(hold.body).toMatchObject({ effect: 'quarantine', liftedAt: null });
    expect(await bulkhead.api.get(path)).toMatchObject({ phase: 'quarantined' });
    const lifted = await settled('DELETE', `${path}/holds/${String(hold.body['id'])}`);
    expect(lifted.body['liftedAt']).not.toBe(null);
    expect(await bulkhead.api.get(path)).toMatchObject({ phase: 'active' });

    const grown = await settled('POST', `${path}/environments`, { name: 'preview' });
    expect(grown.body).toMatchObject({
      phase: 'active',
      namespaces: [{ environment: 'main' }, { environment: 'preview' }],
    });
    const objects = await bulkhead.api.get<{ items: { kind: string; name: string }[] }>(`${path}/objects`);
    const namespaces = objects.items.filter(({ kind }) => kind === 'Namespace').map(({ name }) => name);
    expect(namespaces).toEqual([`tn-${String(body['slug'])}`, `tn-${String(body['slug'])}-preview`]);

    const host = `${newSlug('shop')}.acme.example`;
    expect((await settled('POST', `${path}/hosts`, { host })).body).toMatchObject({ host });
    expect((await settled('DELETE', `${path}/hosts/${host}`)).body).toMatchObject({ host });

    const running = await settled('DELETE', `${path}?after=60`);
    expect(running.body).toMatchObject({ phase: 'active', deletionSuspends: false });
    const suspended = await settled('DELETE', `${path}?after=60&suspend=true`);
    expect(suspended.body).toMatchObject({ phase: 'suspended', deletionSuspends: true });

    const deleted = await settled('DELETE', `${path}?retention=0`);
    expect(deleted.body).toMatchObject({ phase: 'deleted' });
  });

  test('without the preference, or with one that means nothing, the answer is that of the acceptance', async () => {
    for (const prefer of [null, 'respond-async', 'wait=soon', 'wait']) {
      const answer = await create(bulkhead, prefer === null ? {} : { prefer });
      expect({ prefer, ...answer }).toMatchObject({ prefer, status: 202, body: { phase: 'pending' } });
      expect(appliedOf(answer)).toBe(null);
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(answer.body).not.toHaveProperty('operation');
    }
  });

  test('a change that is not carried out yet is never active, and the tenant can be waited for', async () => {
    const created = await create(bulkhead, wait);
    const path = `/v1/tenants/${String(created.body['id'])}`;
    expect(await bulkhead.api.get(path)).toMatchObject({ phase: 'active' });
    for (const displayName of ['One', 'Two', 'Three']) {
      const changed = await bulkhead.api.send('PATCH', path, { displayName });
      expect(changed).toMatchObject({ status: 202, body: { phase: 'updating' } });
      expect(changed.headers.get('location')).toBe(`/v1/operations/${String(changed.body['operationId'])}`);
    }
    const waited = await bulkhead.api.get(`${path}?wait=45`);
    expect(waited).toMatchObject({ phase: 'active', displayName: 'Three', generation: 4, observedGeneration: 4 });
    expect((await bulkhead.api.send('GET', `${path}?wait=61`)).status).toBe(400);
  });

  test('a refused change is refused at once', async () => {
    const answer = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug(), plan: 'gold' }, wait);
    expect(answer).toMatchObject({ status: 422, body: { code: 'tenant.plan_unknown' } });
    expect(appliedOf(answer)).toBe(null);
  });

  test('many that wait at the same time all get their own', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => create(bulkhead, wait)));
    for (const { body } of answers) {
      expect(body).toMatchObject({ phase: 'active', operation: { state: 'succeeded', tenantId: body['id'] } });
    }
    expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(12);
  });

  test('requests with one key wait for one operation; a later replay shows what has become of it', async () => {
    const body = { slug: newSlug('prefer'), plan: 'free' };
    const key = { 'idempotency-key': newSlug('key') };
    const send = (headers: Record<string, string>): Promise<ApiAnswer> =>
      bulkhead.api.send('POST', '/v1/tenants', body, { ...key, ...headers });
    const answers = await Promise.all(Array.from({ length: 6 }, () => send(wait)));
    expect(new Set(answers.map((answer) => operationOf(answer)?.id)).size).toBe(1);
    for (const answer of answers) {
      expect(answer.body).toMatchObject({ phase: 'active', operation: { state: 'succeeded' } });
    }
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(5);

    // What is stored is the acceptance.
    const plain = await send({});
    expect(plain.body).toMatchObject({ phase: 'pending' });
    expect(plain.body).not.toHaveProperty('operation');
    expect(appliedOf(plain)).toBe(null);

    const path = `/v1/tenants/${String(plain.body['id'])}`;
    await settled('PATCH', path, { displayName: 'Later' });
    const replayed = await send(wait);
    expect(replayed.headers.get('idempotency-replayed')).toBe('true');
    expect(replayed.body).toMatchObject({ displayName: 'Later', generation: 2, operation: { generation: 1 } });
    expect(replayed.headers.get('etag')).toBe((await bulkhead.api.send('GET', path)).headers.get('etag'));
  });

  test('a failed operation is an accepted change whose operation says why it failed', async () => {
    const slug = newSlug('refused');
    const refusal = await Refusal.inNamespace(new Cluster(), `tn-${slug}`);
    try {
      const answer = await bulkhead.api.send('POST', '/v1/tenants', { slug, plan: 'team' }, wait);
      expect(answer).toMatchObject({
        status: 202,
        body: { phase: 'failed', operation: { state: 'failed', error: { reason: 'WriteRefused' } } },
      });
      expect(appliedOf(answer)).toBe('wait=45');
    } finally {
      await refusal.lift();
    }
  });
});

describe('without a worker', () => {
  let bulkhead: Bulkhead;
  beforeAll(async () => {
    bulkhead = await Bulkhead.start();
  });
  afterAll(() => bulkhead.stop());

  test('the answer says after the seconds that the operation has not ended', async () => {
    for (const seconds of [0, 1]) {
      const answer = await create(bulkhead, { prefer: `wait=${seconds}` });
      expect(answer).toMatchObject({
        status: 202,
        body: { phase: 'pending', operation: { state: 'pending', finishedAt: null } },
      });
      expect(appliedOf(answer)).toBe(`wait=${seconds}`);
      expect(answer.headers.get('retry-after')).toBe('1');
    }
  });

  test('a wait ends when a newer change supersedes the operation', async () => {
    const body = { slug: newSlug('prefer'), plan: 'free' };
    const waiting = bulkhead.api.send('POST', '/v1/tenants', body, wait);
    const id = await eventually('the change is committed while its caller waits', async () => {
      const { items } = await bulkhead.api.get<{ items: { id: string }[] }>(`/v1/tenants?slug=${body.slug}`);
      return items[0]?.id;
    });
    const next = await bulkhead.api.send('PATCH', `/v1/tenants/${id}`, { displayName: 'Newer' });
    expect(next.status).toBe(202);
    expect(await waiting).toMatchObject({
      status: 202,
      body: { displayName: 'Newer', generation: 2, operation: { generation: 1, state: 'superseded' } },
    });
  });

  test('a retry answers with the operation itself', async () => {
    const created = await create(bulkhead, {});
    const location = created.headers.get('location') ?? '';
    const cancelled = await bulkhead.api.send('POST', `${location}/cancel`);
    const retried = bulkhead.api.send('POST', `${location}/retry`, undefined, wait);
    await bulkhead.startWorker();
    const answer = await retried;
    expect(answer).toMatchObject({ status: 202, body: { state: 'succeeded', retryOf: cancelled.body['id'] } });
    expect(appliedOf(answer)).toBe('wait=45');
    expect(answer.body).not.toHaveProperty('operation');
    expect(await bulkhead.api.get(answer.headers.get('location') ?? '')).toEqual(answer.body);
  });

  test('the document names the header on the routes whose operation can be waited for, and only there', async () => {
    interface Document {
      paths: Record<string, Record<string, { parameters: { $ref?: string }[] }>>;
    }
    const { paths } = await bulkhead.api.get<Document>('/openapi.json');
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { parameters }]) => parameters.some(({ $ref }) => $ref === '#/components/parameters/Prefer'))
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.sort()).toEqual([
      'DELETE /v1/links/{id}',
      'DELETE /v1/tenants/{id}',
      'DELETE /v1/tenants/{id}/holds/{holdId}',
      'DELETE /v1/tenants/{id}/hosts/{host}',
      'DELETE /v1/tenants/{id}/members/{member}',
      'DELETE /v1/tenants/{id}/network-rules/{rule}',
      'DELETE /v1/tenants/{id}/routes/{name}',
      'PATCH /v1/tenants/{id}',
      'PATCH /v1/tenants/{id}/members/{member}',
      'PATCH /v1/tenants/{id}/network-rules/{rule}',
      'PATCH /v1/tenants/{id}/routes/{name}',
      'POST /v1/operations/{id}/retry',
      'POST /v1/tenants',
      'POST /v1/tenants/{id}/environments',
      'POST /v1/tenants/{id}/holds',
      'POST /v1/tenants/{id}/hosts',
      'POST /v1/tenants/{id}/members',
      'POST /v1/tenants/{id}/network-rules',
      'POST /v1/tenants/{id}/routes',
      'POST /v1/tenants/{id}/undelete',
      'PUT /v1/tenants/by-external-id/{externalId}',
    ]);
  });
});
