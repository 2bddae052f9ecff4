import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ApiAnswer } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';

let bulkhead: Bulkhead;
beforeAll(async () => {
  // Without a worker: these requests only involve the API.
  bulkhead = await Bulkhead.start();
});
afterAll(() => bulkhead.stop());

const suspension = { source: 'billing', effect: 'suspend', reason: 'Invoice overdue.' };

async function newTenant(): Promise<string> {
  const { status, body } = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug('hold'), plan: 'free' });
  expect(status).toBe(202);
  return body['id'] as string;
}

const place = (id: string, body: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer> =>
  bulkhead.api.send('POST', `/v1/tenants/${id}/holds`, body, headers);

describe('placing a hold', () => {
  test('returns the hold and the location of its operation, and the tenant shows it', async () => {
    const id = await newTenant();
    const { status, headers, body: answer } = await place(id, { ...suspension, reason: '  Invoice overdue. ' });
    expect(status).toBe(202);
    const { operationId, ...body } = answer;
    expect(headers.get('location')).toBe(`/v1/operations/${String(operationId)}`);
    expect(body).toMatchObject({ ...suspension, liftedAt: null, liftedBy: null });
    expect(body['id']).toMatch(/^hold_/);
    expect(body['createdBy']).toMatch(/^key_/);
    const operation = await bulkhead.api.get(headers.get('location') ?? '');
    expect(operation).toMatchObject({ kind: 'hold', tenantId: id, generation: 2, state: 'pending' });
    expect(await bulkhead.api.get(`/v1/tenants/${id}`)).toMatchObject({ holds: [body], generation: 2 });
    const { items } = await bulkhead.api.get<{ items: { id: string; holds: unknown[] }[] }>('/v1/tenants');
    expect(items.find((item) => item.id === id)?.holds).toEqual([body]);
    const changed = await bulkhead.api.send('PATCH', `/v1/tenants/${id}`, { displayName: 'Other' });
    expect(changed.body).toMatchObject({ holds: [body] });
  });

  test.for<[string, unknown, string]>([
    ['an unknown source', { ...suspension, source: 'moon' }, '/source'],
    ['an unknown effect', { ...suspension, effect: 'delete' }, '/effect'],
    ['no reason', { source: 'billing', effect: 'suspend' }, '/reason'],
    ['a blank reason', { ...suspension, reason: '   ' }, '/reason'],
    ['an overlong reason', { ...suspension, reason: 'x'.repeat(501) }, '/reason'],
    ['an unknown field', { ...suspension, until: 'tomorrow' }, '/until'],
    ['a list', [suspension], ''],
  ])('refuses %s', async ([, body, pointer]) => {
    const answer = await place(await newTenant(), body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect((answer.body['errors'] as { pointer: string }[]).map((error) => error.pointer)).toContain(pointer);
  });

  test('refuses the same source and effect twice, and names the existing hold', async () => {
    const id = await newTenant();
    const first = await place(id, suspension);
    const second = await place(id, { ...suspension, reason: 'Still.' });
    expect(second).toMatchObject({ status: 409, body: { code: 'hold.exists' } });
    expect(second.body['detail']).toContain(first.body['id']);
    for (const other of [{ source: 'admin' }, { effect: 'freeze' }]) {
      expect((await place(id, { ...suspension, ...other })).status).toBe(202);
    }
    expect(await bulkhead.api.get(`/v1/tenants/${id}`)).toMatchObject({ holds: { length: 3 }, generation: 4 });
  });

  test('with a repeated Idempotency-Key gets the first answer', async () => {
    const id = await newTenant();
    const headers = { 'idempotency-key': newSlug('key') };
    const first = await place(id, suspension, headers);
    const again = await place(id, suspension, headers);
    expect(again).toMatchObject({ status: 202, body: first.body });
    expect(await bulkhead.api.get(`/v1/tenants/${id}`)).toMatchObject({ holds: { length: 1 }, generation: 2 });
  });

  test('fails for an unknown tenant', async () => {
    for (const id of ['tenant_01h455vb4pex5vsknk084sn02q', 'x']) {
      expect(await place(id, suspension)).toMatchObject({ status: 404, body: { code: 'tenant.not_found' } });
      expect((await bulkhead.api.send('GET', `/v1/tenants/${id}/holds`)).status).toBe(404);
    }
  });
});

describe('lifting a hold', () => {
  test('keeps the others, and stays on record', async () => {
    const id = await newTenant();
    const holds: string[] = [];
    for (const source of ['billing', 'admin', 'security']) {
      holds.push((await place(id, { ...suspension, source })).body['id'] as string);
    }
    const [billing = '', admin = '', security = ''] = holds;
    const lifted = await bulkhead.api.send('DELETE', `/v1/tenants/${id}/holds/${admin}`);
    expect(lifted).toMatchObject({
      status: 202,
      body: { id: admin, liftedBy: expect.stringMatching(/^key_/) as string },
    });
    const idsOf = async (query: string): Promise<string[]> =>
      (await bulkhead.api.get<{ items: { id: string }[] }>(`/v1/tenants/${id}/holds${query}`)).items.map(
        (hold) => hold.id,
      );
    expect(await idsOf('')).toEqual([security, admin, billing]);
    expect(await idsOf('?active=true')).toEqual([security, billing]);
    expect(await idsOf('?active=false')).toEqual([admin]);
    const page = await bulkhead.api.get<{ nextCursor: string }>(`/v1/tenants/${id}/holds?limit=2`);
    expect(await idsOf(`?limit=2&cursor=${page.nextCursor}`)).toEqual([billing]);
    expect(await bulkhead.api.get(`/v1/tenants/${id}`)).toMatchObject({ holds: [{ id: billing }, { id: security }] });
    const twice = await bulkhead.api.send('DELETE', `/v1/tenants/${id}/holds/${admin}`);
    expect(twice).toMatchObject({ status: 404, body: { code: 'hold.not_found' } });
  });

  test("cannot lift another tenant's hold", async () => {
    const [mine, theirs] = [await newTenant(), await newTenant()];
    const hold = (await place(theirs, suspension)).body['id'] as string;
    for (const holdId of [hold, 'hold_01h455vb4pex5vsknk084sn02q', 'x']) {
      const answer = await bulkhead.api.send('DELETE', `/v1/tenants/${mine}/holds/${holdId}`);
      expect(answer).toMatchObject({ status: 404, body: { code: 'hold.not_found' } });
    }
    expect(await bulkhead.api.get(`/v1/tenants/${theirs}`)).toMatchObject({ holds: [{ id: hold }] });
  });

  test('refuses invalid filters and cursors', async () => {
    const id = await newTenant();
    for (const query of ['active=yes', 'limit=0', 'source=billing', 'cursor=x']) {
      expect((await bulkhead.api.send('GET', `/v1/tenants/${id}/holds?${query}`)).status).toBe(400);
    }
  });
});

test('a role can place and lift only holds of its own sources', async () => {
  const may: Record<string, string[]> = {
    auditor: [],
    billing: ['billing'],
    operator: ['billing', 'admin', 'security'],
    'platform-admin': ['billing', 'admin', 'security'],
  };
  for (const [role, sources] of Object.entries(may)) {
    const caller = bulkhead.api.as(await bulkhead.createKey(role));
    const id = await newTenant();
    for (const source of ['billing', 'admin', 'security']) {
      const allowed = sources.includes(source);
      const path = `/v1/tenants/${id}/holds`;
      const placed = await caller.send('POST', path, { ...suspension, source });
      expect({ role, source, status: placed.status }).toEqual({ role, source, status: allowed ? 202 : 403 });
      const there = allowed ? placed : await place(id, { ...suspension, source });
      const lifted = await caller.send('DELETE', `${path}/${there.body['id'] as string}`);
      expect({ role, source, status: lifted.status }).toEqual({ role, source, status: allowed ? 202 : 403 });
    }
    expect((await caller.send('GET', `/v1/tenants/${id}/holds`)).status).toBe(200);
  }
});

test('a frozen tenant accepts no change except holds', async () => {
  const id = await newTenant();
  const freeze = await place(id, { source: 'security', effect: 'freeze', reason: 'Investigation.' });
  for (const [method, body] of [
    ['PATCH', { displayName: 'Other' }],
    ['DELETE', undefined],
  ] as const) {
    const answer = await bulkhead.api.send(method, `/v1/tenants/${id}`, body);
    expect(answer).toMatchObject({ status: 409, body: { code: 'tenant.frozen' } });
    expect(answer.body['detail']).toContain(freeze.body['id']);
  }
  const other = await place(id, suspension);
  expect(other.status).toBe(202);
  expect((await bulkhead.api.send('DELETE', `/v1/tenants/${id}/holds/${other.body['id'] as string}`)).status).toBe(202);
  await bulkhead.api.send('DELETE', `/v1/tenants/${id}/holds/${freeze.body['id'] as string}`);
  expect((await bulkhead.api.send('PATCH', `/v1/tenants/${id}`, { displayName: 'Other' })).status).toBe(202);
});
