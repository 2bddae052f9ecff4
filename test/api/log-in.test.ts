import { createPublicKey, generateKeyPairSync } from 'node:crypto';

import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { audience } from '../../dev/login-people.mjs';
import { AdminClient } from '../support/admin-client.js';
import { type ApiAnswer, type ApiClient } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { Cluster } from '../support/cluster.js';
import { EventSource } from '../support/event-source.js';
import { eventually } from '../support/eventually.js';
import { clusterIssuer, type IssuedTokens, logIn, Login, type LoginScheme } from '../support/login.js';
import { freePort } from '../support/program.js';

const mail = 'owner@demo.example';
const verified = { email: mail, email_verified: true };
const kubernetes = 'https://kubernetes.default.svc';
const cluster = new Cluster();
const admin = new AdminClient();
let login: Login;
let bulkhead: Bulkhead;

beforeAll(async () => {
  const apiPort = await freePort();
  login = await Login.start(apiPort);
  const people = {
    ...login.issuer,
    coolDownSeconds: 1,
    rules: [
      { when: { groups: 'bulkhead-operators' }, role: 'operator' },
      { when: { sub: 'ci:*', repository: 'acme/*' }, role: 'deploys' },
      { when: { sub: '*' }, role: 'tenant-viewer', tenant: { claim: '/org/ids', is: 'externalId' } },
      { when: { sub: 'seller' }, role: 'sells', tenant: { claim: '/org/ids', is: 'externalId' } },
    ],
  };
  const accounts = clusterIssuer(login, admin);
  const env = { BULKHEAD_PORT: String(apiPort), BULKHEAD_ISSUERS_FILE: login.writeIssuers(people, accounts) };
  bulkhead = await Bulkhead.start({ env });
});
afterAll(async () => {
  await bulkhead.stop();
  await login.end();
  await admin.close();
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
const member = (role: string, name = mail): object => ({ kind: 'User', name, role });
const as = async (change: JWTPayload): Promise<ApiClient> => bulkhead.api.as(await login.sign(change));
const status = async (client: ApiClient, path: string): Promise<number> => (await client.send('GET', path)).status;
const idsIn = async (client: ApiClient, path: string): Promise<string[]> =>
  (await client.get<{ items: Created[] }>(path)).items.map(({ id }) => id);

/** Logs in as the Swagger UI that the API serves does. */
async function logInAs(person: string): Promise<IssuedTokens> {
  const { components } = await bulkhead.api.get<{ components: { securitySchemes: { login: LoginScheme } } }>(
    '/openapi.json',
  );
  return logIn(components.securitySchemes.login, `${bulkhead.url}/docs/oauth2-redirect.html`, person);
}

describe('a person who logs in', () => {
  test('through Swagger UI is a member of the tenants that name them, and an operator by group', async () => {
    const own = await newTenant({ members: [member('tenant-owner')] });
    const owner = bulkhead.api.as((await logInAs('owner')).access_token);
    expect(await status(owner, `/v1/tenants/${own.id}`)).toBe(200);
    expect(await status(owner, '/v1/clusters')).toBe(403);
    const operator = bulkhead.api.as((await logInAs('operator')).access_token);
    expect(await status(operator, '/v1/clusters')).toBe(200);
    expect(await status(operator, '/v1/api-keys')).toBe(403);
  });

  test('comes back to a page that Swagger UI has', async () => {
    expect((await fetch(`${bulkhead.url}/docs/oauth2-redirect.html`)).status).toBe(200);
    const script = await (await fetch(`${bulkhead.url}/docs/swagger-ui-init.js`)).text();
    expect(script).toContain('"clientId": "swagger-ui"');
    expect(script).toContain('"oauth2RedirectUrl": window.location.origin + ');
  });

  test('is not who an ID token says', async () => {
    const { status: refused, body } = await bulkhead.api
      .as((await logInAs('owner')).id_token)
      .send('GET', '/v1/tenants');
    expect(refused).toBe(401);
    expect(body).toMatchObject({ code: 'auth.token_invalid', detail: expect.stringContaining('audience') as string });
  });

  test('has in each tenant the role that it gives, and sees no other', async () => {
    const name = 'several@demo.example';
    const [first, second, third] = [
      await newTenant({ members: [member('tenant-owner', name)] }),
      await newTenant({ members: [{ kind: 'User', name, role: 'tenant-viewer' }, member('tenant-owner')] }),
      await newTenant({ members: [member('tenant-owner', 'else@demo.example')] }),
    ];
    const person = await as({ sub: 'several', email: name, email_verified: true });
    expect((await idsIn(person, '/v1/tenants')).sort()).toEqual([first.id, second.id].sort());
    const operations = await person.get<{ items: { tenantId: string }[] }>('/v1/operations');
    expect(operations.items.map(({ tenantId }) => tenantId).sort()).toEqual([first.id, second.id].sort());
    const change = (id: string): Promise<ApiAnswer> =>
      person.send('PATCH', `/v1/tenants/${id}`, { displayName: 'Renamed' });
    expect((await change(first.id)).status).toBe(202);
    expect((await change(second.id)).body['code']).toBe('auth.forbidden');
    expect((await change(third.id)).body['code']).toBe('tenant.not_found');
    const [event] = (await bulkhead.api.get<{ items: { actor: object }[] }>(`/v1/audit-events?tenantId=${first.id}`))
      .items;
    expect(event?.actor).toEqual({ id: 'oidc:login:several', role: 'tenant-owner' });
  });

  test('does not change one tenant with what it may do to another, also by external id', async () => {
    const name = 'seller@demo.example';
    const [own, sold] = [newSlug('cus'), newSlug('cus')];
    await newTenant({ externalId: own, members: [member('tenant-owner', name)] });
    await newTenant({ externalId: sold, members: [member('tenant-owner')] });
    await bulkhead.api.send('PUT', '/v1/roles/sells', {
      description: 'Changes plans.',
      permissions: ['tenants:read', 'tenants:set-plan'],
    });
    const person = await as({ sub: 'seller', email: name, email_verified: true, org: { ids: [sold] } });
    const put = (externalId: string, more: object): Promise<ApiAnswer> =>
      person.send('PUT', `/v1/tenants/by-external-id/${externalId}`, { plan: 'free', ...more });
    expect((await put(sold, {})).status).toBe(200);
    expect((await put(sold, { members: [member('tenant-owner', name)] })).body['code']).toBe('auth.forbidden');
    expect((await put(own, { members: [member('tenant-owner', name)] })).body['code']).toBe('auth.forbidden');
    expect((await put(newSlug('cus'), {})).body['code']).toBe('tenant.not_found');
  });

  test('is nobody in a tenant as soon as it no longer names them, in every process and in open streams', async () => {
    const { id } = await newTenant({ members: [member('tenant-admin', 'gone@demo.example')] });
    const person = await as({ sub: 'gone', email: 'gone@demo.example', email_verified: true });
    const other = (await bulkhead.startApi()).as(
      await login.sign({ sub: 'gone', email: 'gone@demo.example', email_verified: true }),
    );
    const stream = await EventSource.open<Created>(person, `/v1/tenants/${id}/events`);
    expect((await stream.next())?.data.id).toBe(id);
    expect(await status(other, `/v1/tenants/${id}`)).toBe(200);
    await bulkhead.api.send('PATCH', `/v1/tenants/${id}`, { members: [] });
    expect([await status(person, `/v1/tenants/${id}`), await status(other, `/v1/tenants/${id}`)]).toEqual([404, 404]);
    expect(await stream.until(() => false)).toEqual([]);
  });

  test('is no member by an e-mail address that is not verified', async () => {
    const { id } = await newTenant({ members: [member('tenant-owner')] });
    for (const claims of [{ email: mail }, { email: mail, email_verified: false }]) {
      const person = await as(claims);
      expect(await status(person, `/v1/tenants/${id}`)).toBe(404);
      expect(await status(person, '/v1/tenants')).toBe(403);
    }
    expect(await status(await as(verified), `/v1/tenants/${id}`)).toBe(200);
  });

  test('has what the rules of the issuer give: defined roles, and tenants that a claim names', async () => {
    const externalId = newSlug('cus');
    const [own, other] = [await newTenant({ externalId }), await newTenant()];
    const customer = await as({ sub: 'customer', org: { ids: [externalId, 'cus_nobody'] } });
    expect(await idsIn(customer, '/v1/tenants')).toEqual([own.id]);
    expect(await status(customer, `/v1/tenants/${other.id}`)).toBe(404);
    const pipeline = await as({ sub: 'ci:main', repository: 'acme/shop' });
    expect(await status(pipeline, '/v1/plans')).toBe(403);
    await bulkhead.api.send('PUT', '/v1/roles/deploys', { description: 'CI.', permissions: ['plans:read'] });
    expect(await status(pipeline, '/v1/plans')).toBe(200);
    expect(await status(await as({ sub: 'ci:main', repository: 'other/shop' }), '/v1/plans')).toBe(403);
  });
});

describe('a ServiceAccount', () => {
  async function tokenOf(namespace: string, name: string, audiences = ['bulkhead']): Promise<string> {
    await cluster.core.createNamespacedServiceAccount({ namespace, body: { metadata: { name } } });
    const body = { spec: { audiences } } as never;
    const { status: issued } = await cluster.core.createNamespacedServiceAccountToken({ namespace, name, body });
    return issued?.token ?? '';
  }

  test('of the platform has the role that a rule gives, with a token for Bulkhead alone', async () => {
    const billing = bulkhead.api.as(await tokenOf('default', 'billing'));
    expect(await status(billing, '/v1/plans')).toBe(200);
    expect(await status(billing, '/v1/clusters')).toBe(403);
    const other = bulkhead.api.as(await tokenOf('default', 'reporting', [kubernetes]));
    expect((await other.send('GET', '/v1/plans')).body['code']).toBe('auth.token_invalid');
    await Promise.all(
      ['billing', 'reporting'].map((name) =>
        cluster.core.deleteNamespacedServiceAccount({ namespace: 'default', name }),
      ),
    );
  });

  test('is a member of the tenant whose namespace it is in, and of no other', async () => {
    const members = [{ kind: 'ServiceAccount', name: 'pipeline', role: 'tenant-developer' }];
    const [own, other] = [await newTenant({ members }), await newTenant({ members })];
    const namespace = `tn-${own.slug}`;
    await cluster.core.createNamespace({ body: { metadata: { name: namespace } } });
    const pipeline = bulkhead.api.as(await tokenOf(namespace, 'pipeline'));
    expect(await idsIn(pipeline, '/v1/tenants')).toEqual([own.id]);
    expect(await status(pipeline, `/v1/tenants/${other.id}`)).toBe(404);
    const stranger = bulkhead.api.as(await tokenOf(namespace, 'stranger'));
    expect(await status(stranger, `/v1/tenants/${own.id}`)).toBe(404);
    await cluster.core.deleteNamespace({ name: namespace });
  });
});

describe('a token is refused', () => {
  const seconds = (from: number): number => Math.floor(Date.now() / 1000) + from;
  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const claims = (): JWTPayload => ({ iss: login.url, aud: audience, sub: 'operator', exp: seconds(300) });

  test.for<[string, string, () => string | Promise<string>]>([
    [
      'without a signature',
      'algorithm',
      () => new UnsecuredJWT({ ...claims(), groups: ['bulkhead-operators'] }).encode(),
    ],
    [
      'that is signed with the public key as a shared secret',
      'algorithm',
      () => {
        const pem = createPublicKey({ key: login.key(), format: 'jwk' }).export({
          type: 'spki',
          format: 'pem',
        });
        const header = { alg: 'HS256', typ: 'at+jwt', kid: login.key().kid ?? '' };
        return new SignJWT(claims()).setProtectedHeader(header).sign(Buffer.from(pem));
      },
    ],
    [
      'that is signed with a foreign key under the name of a known one',
      'signature',
      () =>
        new SignJWT(claims())
          .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: login.key().kid ?? '' })
          .sign(foreign),
    ],
    ['that is signed with an unknown key', 'does not have', () => login.sign({}, { kid: 'unknown' })],
    ['for another audience', 'audience', () => login.sign({ aud: 'https://other.example' })],
    ['of an unknown issuer', 'issuer', () => login.sign({ iss: 'https://evil.example' })],
    ['of another type', 'type "jwt"', () => login.sign({}, { typ: 'JWT' })],
    ['without a type', 'type "absent"', () => login.sign({}, { typ: undefined })],
    ['that never expires', '"exp"', () => login.sign({ exp: undefined })],
    ['that is not valid yet', 'not valid yet', () => login.sign({ nbf: seconds(60) })],
    ['without a subject', 'subject', () => login.sign({ sub: undefined })],
    ['that is no token', 'not a JSON Web Token', () => 'a.b.c'],
  ])('%s', async ([, reason, token]) => {
    const answer = await bulkhead.api.as(await token()).send('GET', '/v1/plans');
    expect(answer.body).toMatchObject({ status: 401, code: 'auth.token_invalid' });
    expect(answer.body['detail']).toContain(reason);
    const challenge = answer.headers.get('www-authenticate') ?? '';
    expect(challenge).toMatch(/^Bearer realm="bulkhead", error="invalid_token", error_description="[^"\\]+"$/);
  });

  test('that has expired, with a code by which clients get another', async () => {
    const answer = await bulkhead.api.as(await login.sign({ exp: seconds(-60) })).send('GET', '/v1/plans');
    expect(answer.body).toMatchObject({ status: 401, code: 'auth.token_expired' });
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  test('of which everything else is as in one that is accepted', async () => {
    const token = await login.sign({ sub: 'operator', groups: ['bulkhead-operators'] });
    expect(await status(bulkhead.api.as(token), '/v1/plans')).toBe(200);
    const key = await bulkhead.api.as(token).send('GET', '/v1/plans', undefined, { authorization: 'Bearer bhk_wrong' });
    expect(key.headers.get('www-authenticate')).toContain('error="invalid_token"');
    const none = await bulkhead.api.as(null).send('GET', '/v1/plans');
    expect(none.headers.get('www-authenticate')).toBe('Bearer realm="bulkhead"');
  });
});

describe('an issuer', () => {
  const operator = { sub: 'operator', groups: ['bulkhead-operators'] };

  test('that is away stops nobody whom it let in, and is told from a wrong token', async () => {
    const token = await login.sign(operator);
    expect(await status(bulkhead.api.as(token), '/v1/plans')).toBe(200);
    await login.stop();
    expect(await status(bulkhead.api.as(token), '/v1/plans')).toBe(200);
    const fresh = (await bulkhead.startApi()).as(token);
    const answer = await fresh.send('GET', '/v1/plans');
    expect(answer.body).toMatchObject({ status: 503, code: 'auth.issuer_unavailable' });
    expect(answer.headers.get('retry-after')).toBe('5');
    await login.start();
    await eventually('the keys are read', async () => (await status(fresh, '/v1/plans')) === 200);
  });

  test('can change its key: tokens of the new one are accepted, those of the old one no longer', async () => {
    const old = await login.sign(operator);
    await login.rotate();
    const client = bulkhead.api.as(await login.sign(operator));
    await eventually('the new key is known', async () => (await status(client, '/v1/plans')) === 200);
    expect(await status(bulkhead.api.as(old), '/v1/plans')).toBe(401);
  });
});
