import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ApiAnswer, type ApiClient } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { eventually } from '../support/eventually.js';

let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
});
afterAll(() => bulkhead.stop());

interface Issued {
  id: string;
  key: string | null;
}

async function create(input: object, by: ApiClient = bulkhead.api): Promise<Issued> {
  const { status, body } = await by.send('POST', '/v1/api-keys', { name: 'test', ...input });
  expect(status, JSON.stringify(body)).toBe(201);
  return body as unknown as Issued;
}
const as = ({ key }: Issued): ApiClient => bulkhead.api.as(key);
const reads = async (client: ApiClient): Promise<number> => (await client.send('GET', '/v1/plans')).status;

describe('an API key', () => {
  test('is shown once, and works at once', async () => {
    const { status, body, headers } = await bulkhead.api.send('POST', '/v1/api-keys', { name: 'ci', role: 'auditor' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ name: 'ci', role: 'auditor', permissions: null, tenantId: null, allowedCidrs: [] });
    expect(headers.get('cache-control')).toBe('no-store');
    const issued = body as unknown as Issued;
    expect(issued.key).toMatch(/^bhk_/);
    expect(await reads(as(issued))).toBe(200);
    await eventually('its use is recorded', async () => {
      const read = await bulkhead.api.get(`/v1/api-keys/${issued.id}`);
      const { lastUsedAt } = read;
      expect({ ...read, key: issued.key, lastUsedAt: null }).toEqual(body);
      return lastUsedAt !== null;
    });
    const { items } = await bulkhead.api.get<{ items: Issued[] }>('/v1/api-keys?active=true');
    expect(items.map(({ id }) => id)).toContain(issued.id);
  });

  test('that is created by a repeated request is one key, and its secret is kept nowhere', async () => {
    const headers = { 'idempotency-key': 'create-a-key' };
    const send = (): Promise<ApiAnswer> =>
      bulkhead.api.send('POST', '/v1/api-keys', { name: 'again', role: 'auditor' }, headers);
    const [first, second] = [await send(), await send()];
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.body).toEqual({ ...first.body, key: null });
    const rotated = await bulkhead.api.send('POST', `/v1/api-keys/${first.body['id'] as string}/rotate`, {});
    const secrets = [first.body['key'], rotated.body['key']].map(
      (key) => String(key).split('_')[2]?.slice(0, 64) ?? '',
    );
    for (const table of ['idempotency_keys', 'audit_events', 'api_keys']) {
      const stored = await bulkhead.database.query<{ row: string }>(`SELECT ${table}::text AS row FROM ${table}`);
      expect(stored.length).toBeGreaterThan(0);
      for (const secret of secrets) {
        expect(
          stored.some(({ row }) => row.includes(secret)),
          table,
        ).toBe(false);
      }
    }
    for (const secret of secrets) expect(bulkhead.apiOutput()).not.toContain(secret);
  });

  test('has two secrets for a while after it was rotated, and never three', async () => {
    const first = await create({ role: 'auditor' });
    const rotate = async (input?: object): Promise<Issued> => {
      const { status, body } = await bulkhead.api.send('POST', `/v1/api-keys/${first.id}/rotate`, input);
      expect(status, JSON.stringify(body)).toBe(200);
      return body as unknown as Issued;
    };
    const second = await rotate();
    expect(second.id).toBe(first.id);
    expect(await Promise.all([first, second].map((key) => reads(as(key))))).toEqual([200, 200]);
    const third = await rotate({ overlapSeconds: 0 });
    expect(await Promise.all([first, second, third].map((key) => reads(as(key))))).toEqual([401, 401, 200]);
  });

  test('is refused once it is revoked, by every process, and cannot be rotated', async () => {
    const issued = await create({ role: 'auditor' });
    const other = (await bulkhead.startApi()).as(issued.key);
    expect([await reads(as(issued)), await reads(other)]).toEqual([200, 200]);
    const { status, body } = await bulkhead.api.send('DELETE', `/v1/api-keys/${issued.id}`);
    expect({ status, by: body['revokedBy'] }).toEqual({ status: 200, by: expect.stringMatching(/^key_/) as unknown });
    expect([await reads(as(issued)), await reads(other)]).toEqual([401, 401]);
    const again = await bulkhead.api.send('DELETE', `/v1/api-keys/${issued.id}`);
    expect(again.body['revokedAt']).toBe(body['revokedAt']);
    const rotated = await bulkhead.api.send('POST', `/v1/api-keys/${issued.id}/rotate`);
    expect([rotated.status, rotated.body['code']]).toEqual([409, 'api_key.inactive']);
    const { items } = await bulkhead.api.get<{ items: Issued[] }>('/v1/api-keys?active=false');
    expect(items.map(({ id }) => id)).toContain(issued.id);
  });

  test('works only from the addresses that it allows', async () => {
    expect(await reads(as(await create({ role: 'auditor', allowedCidrs: ['127.0.0.0/8', '::1/128'] })))).toBe(200);
    const elsewhere = await as(await create({ role: 'auditor', allowedCidrs: ['203.0.113.0/24'] })).send(
      'GET',
      '/v1/plans',
    );
    expect(elsewhere.status).toBe(403);
    expect(elsewhere.body['detail']).toContain('cannot be used from 127.0.0.1');
  });

  test('of a tenant ends with the tenant', async () => {
    const { body } = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug(), plan: 'free' });
    const id = body['id'] as string;
    const owner = as(await create({ role: 'tenant-owner', tenantId: id }));
    expect((await owner.send('GET', `/v1/tenants/${id}`)).status).toBe(200);
    await bulkhead.database.query(`UPDATE tenants SET deleted_at = now() WHERE slug = '${body['slug'] as string}'`);
    expect((await owner.send('GET', `/v1/tenants/${id}`)).status).toBe(401);
  });

  test.for<[string, object, number, string, string | null]>([
    ['neither role nor permissions', {}, 400, 'request.invalid', '/role'],
    ['both', { role: 'auditor', permissions: ['plans:read'] }, 400, 'request.invalid', '/role'],
    ['an unknown role', { role: 'king' }, 422, 'role.unknown', '/role'],
    ['an unknown permission', { permissions: ['plans:eat'] }, 400, 'request.invalid', '/permissions/0'],
    ['a role of a tenant without a tenant', { role: 'tenant-owner' }, 400, 'request.invalid', '/tenantId'],
    ['an unknown tenant', { role: 'tenant-owner', tenantId: 'acme' }, 422, 'api_key.tenant_unknown', '/tenantId'],
    [
      'a range with host bits',
      { role: 'auditor', allowedCidrs: ['10.0.0.1/8'] },
      400,
      'request.invalid',
      '/allowedCidrs/0',
    ],
    ['no days', { role: 'auditor', expiresInDays: 0 }, 400, 'request.invalid', '/expiresInDays'],
  ])('is not created with %s', async ([, input, status, code, pointer]) => {
    const answer = await bulkhead.api.send('POST', '/v1/api-keys', { name: 'bad', ...input });
    const [error] = answer.body['errors'] as { pointer: string }[];
    expect({ status: answer.status, code: answer.body['code'], pointer: error?.pointer }).toEqual({
      status,
      code,
      pointer,
    });
  });
});

describe('nobody gives more than they have', () => {
  test('a key', async () => {
    const limited = as(await create({ permissions: ['api-keys:write', 'api-keys:read', 'roles:write', 'plans:read'] }));
    expect(await reads(as(await create({ permissions: ['plans:read'] }, limited)))).toBe(200);
    for (const input of [
      { role: 'platform-admin' },
      { role: 'auditor' },
      { permissions: ['plans:read', 'plans:write'] },
    ]) {
      const { status, body } = await limited.send('POST', '/v1/api-keys', { name: 'more', ...input });
      expect([status, body['code']]).toEqual([403, 'auth.forbidden']);
    }
    const admin = await create({ role: 'platform-admin' });
    expect((await limited.send('POST', `/v1/api-keys/${admin.id}/rotate`)).status).toBe(403);
    const role = { description: 'All.', permissions: ['tenants:purge'] };
    expect((await limited.send('PUT', '/v1/roles/all-of-it', role)).status).toBe(403);
  });

  test('a role that grows later', async () => {
    await bulkhead.api.send('PUT', '/v1/roles/growing', { permissions: ['plans:read'] });
    const limited = as(await create({ permissions: ['api-keys:write', 'roles:write', 'plans:read'] }));
    expect((await limited.send('POST', '/v1/api-keys', { name: 'a', role: 'growing' })).status).toBe(201);
    await bulkhead.api.send('PUT', '/v1/roles/growing', { permissions: ['plans:read', 'plans:write'] });
    expect((await limited.send('POST', '/v1/api-keys', { name: 'b', role: 'growing' })).status).toBe(403);
  });
});

describe('a role that an administrator defines', () => {
  test('is in force at once for every key that has it, and cannot be deleted meanwhile', async () => {
    const put = (permissions: string[]): Promise<ApiAnswer> =>
      bulkhead.api.send('PUT', '/v1/roles/support', { description: 'Helpdesk.', permissions });
    expect((await put(['tenants:read'])).status).toBe(200);
    const key = await create({ role: 'support' });
    expect(await reads(as(key))).toBe(403);
    await put(['tenants:read', 'plans:read']);
    expect(await reads(as(key))).toBe(200);
    await put(['tenants:read']);
    expect(await reads(as(key))).toBe(403);
    const used = await bulkhead.api.send('DELETE', '/v1/roles/support');
    expect([used.status, used.body['code']]).toEqual([409, 'role.in_use']);
    await bulkhead.api.send('DELETE', `/v1/api-keys/${key.id}`);
    expect((await bulkhead.api.send('DELETE', '/v1/roles/support')).status).toBe(200);
    expect((await bulkhead.api.send('GET', '/v1/roles/support')).status).toBe(404);
  });

  test('cannot have the name of a built-in one', async () => {
    const answer = await bulkhead.api.send('PUT', '/v1/roles/billing', { permissions: ['members:write'] });
    expect([answer.status, answer.body['code']]).toEqual([409, 'role.built_in']);
    const { items } = await bulkhead.api.get<{ items: { name: string; builtIn: boolean }[] }>('/v1/roles');
    expect(items.filter(({ builtIn }) => builtIn).map(({ name }) => name)).toContain('billing');
  });
});
