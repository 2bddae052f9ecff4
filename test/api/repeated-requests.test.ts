import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ApiAnswer, type ApiClient } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';

let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
});
afterAll(() => bulkhead.stop());

async function tenants(): Promise<number> {
  const [row] = await bulkhead.database.query<{ count: number }>('SELECT count(*)::int AS count FROM tenants');
  return row?.count ?? -1;
}

function tenant(change: object = {}): object {
  return { slug: newSlug(), plan: 'team', ...change };
}

describe('repeated and outdated requests', () => {
  test('a POST with the same Idempotency-Key changes nothing and gets the first answer', async () => {
    const [body, headers] = [tenant(), { 'idempotency-key': newSlug('key') }];
    const first = await bulkhead.api.send('POST', '/v1/tenants', body, headers);
    const second = await bulkhead.api.send('POST', '/v1/tenants', body, headers);
    expect(first.status).toBe(202);
    expect(second).toMatchObject({ status: 202, body: first.body });
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    const other = await bulkhead.api.send('POST', '/v1/tenants', tenant(), headers);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency.key_reused' } });
  });

  test('twenty concurrent requests with one key create one tenant', async () => {
    const [body, headers] = [tenant(), { 'idempotency-key': newSlug('key') }];
    const before = await tenants();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => bulkhead.api.send('POST', '/v1/tenants', body, headers)),
    );
    expect(new Set(answers.map(({ body: { id } }) => id)).size).toBe(1);
    expect(answers.every(({ status }) => status === 202)).toBe(true);
    expect(await tenants()).toBe(before + 1);
  });

  test('PATCH and DELETE with the same Idempotency-Key change nothing the second time', async () => {
    const created = await bulkhead.api.send('POST', '/v1/tenants', tenant());
    const path = `/v1/tenants/${created.body['id'] as string}`;
    const headers = { 'idempotency-key': newSlug('key') };
    const ifMatch = { ...headers, 'if-match': created.headers.get('etag') ?? '' };
    const first = await bulkhead.api.send('PATCH', path, { displayName: 'One' }, ifMatch);
    expect(first.status).toBe(202);
    // The caller does not know of the first answer, so its precondition is that of the first request.
    const second = await bulkhead.api.send('PATCH', path, { displayName: 'One' }, ifMatch);
    expect(second).toMatchObject({ status: 202, body: { ...first.body, generation: 2 } });
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    const other = await bulkhead.api.send('PATCH', path, { displayName: 'Two' }, headers);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency.key_reused' } });
    // Of another method, the same key is another one; of a deletion, the retention is the content.
    const deleted = await bulkhead.api.send('DELETE', `${path}?retention=1`, undefined, headers);
    expect(deleted.status).toBe(202);
    const again = await bulkhead.api.send('DELETE', `${path}?retention=1`, undefined, headers);
    expect(again).toMatchObject({ status: 202, body: deleted.body });
    const now = await bulkhead.api.send('DELETE', `${path}?retention=0`, undefined, headers);
    expect(now).toMatchObject({ status: 422, body: { code: 'idempotency.key_reused' } });
  });

  test('the same key of two callers counts as two', async () => {
    const headers = { 'idempotency-key': newSlug('key') };
    const other = bulkhead.api.as(await bulkhead.createKey('operator'));
    const mine = await bulkhead.api.send('POST', '/v1/tenants', tenant(), headers);
    const theirs = await other.send('POST', '/v1/tenants', tenant(), headers);
    expect([mine.status, theirs.status]).toEqual([202, 202]);
  });

  test('If-Match refuses to change an outdated resource', async () => {
    const created = await bulkhead.api.send('POST', '/v1/tenants', tenant());
    const path = `/v1/tenants/${created.body['id'] as string}`;
    const etag = created.headers.get('etag') ?? '';
    const changed = await bulkhead.api.send('PATCH', path, { displayName: 'One' }, { 'if-match': etag });
    expect(changed.status).toBe(202);
    const late = await bulkhead.api.send('PATCH', path, { displayName: 'Two' }, { 'if-match': etag });
    expect(late).toMatchObject({ status: 412, body: { code: 'precondition.failed' } });
    expect((await bulkhead.api.send('DELETE', path, undefined, { 'if-match': '"other.1"' })).status).toBe(412);
    const read = await bulkhead.api.send('GET', path);
    expect(read.body).toMatchObject({ displayName: 'One', generation: 2 });
    const current = read.headers.get('etag') ?? '';
    for (const header of [current, `W/${current}`, `"other", ${current}`, '*']) {
      expect((await bulkhead.api.send('GET', path, undefined, { 'if-none-match': header })).status).toBe(304);
    }
    const update = async (header: string): Promise<number> =>
      (await bulkhead.api.send('PATCH', path, { displayName: 'Two' }, { 'if-match': header })).status;
    expect(await update(`W/${current}`)).toBe(412);
    expect(await update(`${etag}, ${current}`)).toBe(202);
    expect(await update('*')).toBe(202);
  });

  test('what a worker observes changes the ETag and not what If-Match accepts', async () => {
    const { headers, body } = await bulkhead.api.send('POST', '/v1/tenants', tenant());
    const path = `/v1/tenants/${body['id'] as string}`;
    const accepted = headers.get('etag') ?? '';
    // As a worker does when it takes the tenant.
    await bulkhead.database.query(
      `UPDATE tenants SET phase = 'provisioning', revision = revision + 1 WHERE slug = $1`,
      [body['slug']],
    );
    const seen = await bulkhead.api.send('GET', path, undefined, { 'if-none-match': accepted });
    expect(seen).toMatchObject({ status: 200, body: { phase: 'provisioning' } });
    const changed = await bulkhead.api.send('PATCH', path, { displayName: 'One' }, { 'if-match': accepted });
    expect(changed.status).toBe(202);
    const hold = { effect: 'suspend', source: 'billing', reason: 'Unpaid.' };
    expect((await bulkhead.api.send('POST', `${path}/holds`, hold)).status).toBe(202);
    const late = { 'if-match': changed.headers.get('etag') ?? '' };
    expect((await bulkhead.api.send('PATCH', path, { displayName: 'Two' }, late)).status).toBe(412);
  });

  test('an environment is added once, and only within the plan', async () => {
    const created = await bulkhead.api.send('POST', '/v1/tenants', tenant({ plan: 'team', environments: ['main'] }));
    const path = `/v1/tenants/${created.body['id'] as string}/environments`;
    const headers = { 'idempotency-key': newSlug('key'), 'if-match': created.headers.get('etag') ?? '' };
    const added = await bulkhead.api.send('POST', path, { name: 'staging' }, headers);
    expect(added).toMatchObject({
      status: 202,
      body: { generation: 2, namespaces: [{ environment: 'main' }, { environment: 'staging' }] },
    });
    expect(await bulkhead.api.send('POST', path, { name: 'staging' }, headers)).toMatchObject({ body: added.body });
    const twice = await bulkhead.api.send('POST', path, { name: 'staging' });
    expect(twice).toMatchObject({ status: 409, body: { code: 'tenant.environment_exists' } });
    // Another tenant's slug can end like the name of an environment.
    const other = await bulkhead.api.send('POST', '/v1/tenants', {
      ...{ slug: `${created.body['slug'] as string}-late`, plan: 'free' },
    });
    expect(other.status).toBe(202);
    const taken = await bulkhead.api.send('POST', path, { name: 'late' });
    expect(taken).toMatchObject({ status: 409, body: { code: 'tenant.namespace_taken' } });
    let last = twice;
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) last = await bulkhead.api.send('POST', path, { name });
    expect(last).toMatchObject({ status: 422, body: { code: 'tenant.plan_limit', errors: [{ pointer: '/name' }] } });
  });

  test('a merge patch keeps absent fields and clears null ones', async () => {
    const created = await bulkhead.api.send(
      'POST',
      '/v1/tenants',
      tenant({ externalId: newSlug('cus'), labels: { region: 'eu', tier: 'gold' } }),
    );
    const path = `/v1/tenants/${created.body['id'] as string}`;
    const patch = { externalId: null, labels: { tier: null, team: 'blue' } };
    const answer = await bulkhead.api.send('PATCH', path, patch, { 'content-type': 'application/merge-patch+json' });
    expect(answer).toMatchObject({ status: 202, body: { externalId: null, displayName: created.body['displayName'] } });
    expect(answer.body['labels']).toEqual({ region: 'eu', team: 'blue' });
  });

  test('two tenants cannot share an external id', async () => {
    const externalId = newSlug('cus');
    expect((await bulkhead.api.send('POST', '/v1/tenants', tenant({ externalId }))).status).toBe(202);
    const second = await bulkhead.api.send('POST', '/v1/tenants', tenant({ externalId }));
    expect(second).toMatchObject({
      status: 409,
      body: { code: 'tenant.external_id_taken', errors: [{ pointer: '/externalId' }] },
    });
  });

  test('a tenant that is being deleted cannot be changed', async () => {
    const created = await bulkhead.api.send('POST', '/v1/tenants', tenant());
    const path = `/v1/tenants/${created.body['id'] as string}`;
    expect((await bulkhead.api.send('DELETE', `${path}?retention=0`)).body).toMatchObject({ phase: 'deleting' });
    expect(await bulkhead.api.send('PATCH', path, { displayName: 'x' })).toMatchObject({
      status: 409,
      body: { code: 'tenant.deleting' },
    });
  });
});

describe('a tenant by its external id', () => {
  const put = (client: ApiClient, id: string, body: object, headers = {}): Promise<ApiAnswer> =>
    client.send('PUT', `/v1/tenants/by-external-id/${encodeURIComponent(id)}`, body, headers);

  test('is created once and changed afterwards, and the same request changes nothing', async () => {
    const id = `cus/1 ${newSlug('ä')}`;
    const wanted = { slug: newSlug(), plan: 'team', labels: { region: 'eu' } };
    const created = await put(bulkhead.api, id, wanted);
    expect(created).toMatchObject({ status: 202, body: { externalId: id, generation: 1, labels: { region: 'eu' } } });
    expect(created.headers.get('location')).toBe(`/v1/operations/${created.body['operationId'] as string}`);
    const again = await put(bulkhead.api, id, wanted);
    expect(again).toMatchObject({ status: 200, body: { id: created.body['id'], generation: 1 } });
    expect(again.headers.get('location')).toBe(null);
    const changed = await put(bulkhead.api, id, { ...wanted, plan: 'free', labels: { tier: 'gold' } });
    expect(changed).toMatchObject({ status: 202, body: { generation: 2, plan: { id: 'free' } } });
    expect(changed.body['labels']).toEqual({ tier: 'gold' });
    const kept = await put(bulkhead.api, id, { plan: 'free' });
    expect(kept).toMatchObject({ status: 200, body: { labels: { tier: 'gold' } } });
    expect(await bulkhead.api.get(`/v1/tenants/by-external-id/${encodeURIComponent(id)}`)).toEqual(kept.body);
  });

  test('is one tenant for ten callers at once', async () => {
    const [id, wanted] = [newSlug('cus'), { slug: newSlug(), plan: 'team' }];
    const answers = await Promise.all(Array.from({ length: 10 }, () => put(bulkhead.api, id, wanted)));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array.from({ length: 9 }, () => 200), 202]);
    expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1);
  });

  test('stays at its version of the plan unless the request names one', async () => {
    const plan = newSlug('plan');
    const { spec } = await bulkhead.api.get<{ spec: object }>('/v1/plans/free');
    await bulkhead.api.send('POST', '/v1/plans', { id: plan, displayName: 'Plan', spec });
    const [id, wanted] = [newSlug('cus'), { slug: newSlug(), plan }];
    expect((await put(bulkhead.api, id, wanted)).body).toMatchObject({ plan: { version: 1 } });
    const next = { ...spec, environments: { default: ['main'], max: 3 } };
    expect((await bulkhead.api.send('POST', `/v1/plans/${plan}/versions`, { spec: next })).status).toBe(201);
    expect(await put(bulkhead.api, id, wanted)).toMatchObject({ status: 200, body: { plan: { version: 1 } } });
    const moved = await put(bulkhead.api, id, { plan: { id: plan, version: 2 } });
    expect(moved).toMatchObject({ status: 202, body: { plan: { version: 2 } } });
  });

  test('keeps its slug and its environments', async () => {
    const [id, slug] = [newSlug('cus'), newSlug()];
    expect(await put(bulkhead.api, id, { plan: 'team' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/slug' }] },
    });
    await put(bulkhead.api, id, { slug, plan: 'team', environments: ['main', 'staging'] });
    const other = await put(bulkhead.api, id, { slug: newSlug(), plan: 'team' });
    expect(other).toMatchObject({ status: 409, body: { code: 'tenant.slug_fixed' } });
    const fewer = await put(bulkhead.api, id, { slug, plan: 'team', environments: ['main'] });
    expect(fewer).toMatchObject({ status: 409, body: { code: 'tenant.environments_differ' } });
    const same = await put(bulkhead.api, id, { slug, plan: 'team', environments: ['staging', 'main'] });
    expect(same.status).toBe(200);
  });

  test('is only created with If-None-Match: *, and only changed with If-Match', async () => {
    const [id, wanted] = [newSlug('cus'), { slug: newSlug(), plan: 'team' }];
    expect((await put(bulkhead.api, id, wanted, { 'if-match': '*' })).status).toBe(412);
    const created = await put(bulkhead.api, id, wanted, { 'if-none-match': '*' });
    expect(created.status).toBe(202);
    expect((await put(bulkhead.api, id, wanted, { 'if-none-match': '*' })).status).toBe(412);
    const etag = { 'if-match': created.headers.get('etag') ?? '' };
    expect((await put(bulkhead.api, id, { plan: 'free' }, etag)).status).toBe(202);
    expect((await put(bulkhead.api, id, { plan: 'team' }, etag)).status).toBe(412);
  });

  test('is for each caller what it may create, change and see', async () => {
    const billing = bulkhead.api.as(await bulkhead.createKey('billing'));
    const signup = bulkhead.api.as(await bulkhead.createKey('signup'));
    const [id, wanted] = [newSlug('cus'), { slug: newSlug(), plan: 'team' }];
    expect(await put(billing, id, wanted)).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
    expect(await put(signup, id, wanted)).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
    expect((await put(bulkhead.api, id, wanted)).status).toBe(202);
    expect((await put(billing, id, { plan: 'free', displayName: 'Acme' })).status).toBe(202);
    expect((await put(billing, id, { plan: 'free', labels: {} })).status).toBe(403);
    expect((await put(billing, id, { plan: 'free', members: [] })).status).toBe(403);
    expect((await signup.send('GET', `/v1/tenants/by-external-id/${id}`)).status).toBe(404);
    expect((await billing.send('GET', `/v1/tenants/by-external-id/${id}`)).status).toBe(200);
  });
});
