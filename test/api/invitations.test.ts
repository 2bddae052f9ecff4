import { type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ApiClient } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { eventually } from '../support/eventually.js';
import { Login } from '../support/login.js';
import { freePort } from '../support/program.js';

const mail = 'owner@demo.example';
const verified = { email: mail, email_verified: true };
let login: Login;
let bulkhead: Bulkhead;

beforeAll(async () => {
  const apiPort = await freePort();
  login = await Login.start(apiPort);
  const env = { BULKHEAD_PORT: String(apiPort), BULKHEAD_ISSUERS_FILE: login.writeIssuers(login.issuer) };
  bulkhead = await Bulkhead.start({ env });
});
afterAll(async () => {
  await bulkhead.stop();
  await login.end();
});

interface Created {
  id: string;
  slug: string;
}

async function newTenant(input: object = {}): Promise<Created> {
  const { status, body } = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug(), plan: 'free', ...input });
  expect(status, JSON.stringify(body)).toBe(202);
  return body as unknown as Created;
}
const member = (role: string): object => ({ kind: 'User', name: mail, role });
const as = async (change: JWTPayload): Promise<ApiClient> => bulkhead.api.as(await login.sign(change));
const status = async (client: ApiClient, path: string): Promise<number> => (await client.send('GET', path)).status;
const idsIn = async (client: ApiClient, path: string): Promise<string[]> =>
  (await client.get<{ items: Created[] }>(path)).items.map(({ id }) => id);

interface Me {
  id: string;
  kind: string;
  email: string | null;
  platform: { roles: string[]; permissions: string[] } | null;
  tenants: { id: string; roles: string[]; permissions: string[]; namespaces: { name: string }[] }[];
}

describe('an invitation', () => {
  test('makes its address a member at the first login, once and only if it is verified', async () => {
    const { id, slug } = await newTenant({ members: [member('tenant-owner')] });
    const path = `/v1/tenants/${id}/invitations`;
    const own = await as(verified);
    const invited = await own.send('POST', path, { email: 'New@Demo.example', role: 'tenant-developer' });
    expect(invited.body).toMatchObject({ email: 'new@demo.example', createdBy: 'oidc:login:owner' });
    expect((await own.send('POST', path, { email: 'new@demo.example', role: 'tenant-viewer' })).body['code']).toBe(
      'invitation.exists',
    );
    const unverified = await as({ sub: 'new', email: 'new@demo.example' });
    expect((await unverified.get<Me>('/v1/me')).tenants).toEqual([]);
    const claims = { sub: 'new', email: 'New@Demo.example', email_verified: true };
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => status(await as(claims), `/v1/tenants/${id}`)),
    );
    expect(answers).toEqual([200, 200, 200, 200, 200]);
    const me = await (await as(claims)).get<Me>('/v1/me');
    expect(me).toMatchObject({ id: 'oidc:login:new', kind: 'person', email: 'new@demo.example', platform: null });
    expect(me.tenants).toMatchObject([{ id, roles: ['tenant-developer'], namespaces: [{ name: `tn-${slug}` }] }]);
    expect(me.tenants[0]?.permissions).toEqual(['operations:read', 'routes:write', 'tenants:read']);
    expect(await idsIn(own, path)).toEqual([]);
    const { items } = await own.get<{ items: object[] }>(`/v1/tenants/${id}/members`);
    expect(items.slice(1)).toMatchObject([{ kind: 'User', name: 'New@Demo.example', role: 'tenant-developer' }]);
    const query = `/v1/audit-events?action=invitations.accept&tenantId=${id}`;
    expect(await bulkhead.api.get(query)).toMatchObject({ items: [{ actor: { id: 'oidc:login:new' } }] });
  });

  test('of a tenant that does not exist are not found', async () => {
    const path = '/v1/tenants/tenant_44fd8t0yr40tbm5x2affjvape0/invitations';
    for (const method of ['GET', 'DELETE']) {
      const at = method === 'GET' ? path : `${path}/invitation_44fd8t0yr40tbm5x2affjvape0`;
      expect(await bulkhead.api.send(method, at)).toMatchObject({ status: 404, body: { code: 'tenant.not_found' } });
    }
  });

  test('does nothing once it is deleted or has expired', async () => {
    const { id } = await newTenant({ members: [member('tenant-owner')] });
    const path = `/v1/tenants/${id}/invitations`;
    const invite = async (email: string): Promise<string> =>
      (await bulkhead.api.send('POST', path, { email, role: 'tenant-owner' })).body['id'] as string;
    const [deleted, expired] = [await invite('deleted@demo.example'), await invite('expired@demo.example')];
    expect((await idsIn(bulkhead.api, path)).sort()).toEqual([deleted, expired].sort());
    expect((await bulkhead.api.send('DELETE', `${path}/${deleted}`)).status).toBe(200);
    expect((await bulkhead.api.send('DELETE', `${path}/${deleted}`)).body['code']).toBe('invitation.not_found');
    await bulkhead.database.query(`UPDATE invitations SET expires_at = now() WHERE email = 'expired@demo.example'`);
    for (const sub of ['deleted', 'expired']) {
      const person = await as({ sub, email: `${sub}@demo.example`, email_verified: true });
      expect(await status(person, `/v1/tenants/${id}`)).toBe(404);
    }
    expect(await idsIn(bulkhead.api, path)).toEqual([]);
    // Its address is not kept either.
    await invite('invited@demo.example');
    const kept = await invite('awaited@demo.example');
    await bulkhead.database.query(`UPDATE invitations SET expires_at = now() WHERE email = 'invited@demo.example'`);
    await bulkhead.startApi();
    await eventually('the expired one is forgotten', async () => {
      const invited = await bulkhead.database.query(`SELECT FROM invitations WHERE email = 'invited@demo.example'`);
      return invited.length === 0;
    });
    expect(await idsIn(bulkhead.api, path)).toEqual([kept]);
  });
});

test('a caller learns who it is and what it may do', async () => {
  const operator = await (await as({ sub: 'operator', groups: ['bulkhead-operators'] })).get<Me>('/v1/me');
  expect(operator).toMatchObject({ id: 'oidc:login:operator', platform: { roles: ['operator'] }, tenants: [] });
  expect(operator.platform?.permissions).toContain('rollouts:write');
  expect(await bulkhead.api.get<Me>('/v1/me')).toMatchObject({ kind: 'key', platform: { roles: ['platform-admin'] } });
  expect(await status(bulkhead.api.as(null), '/v1/me')).toBe(401);
});
