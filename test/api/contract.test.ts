import { request as httpRequest } from 'node:http';
import { gunzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Bulkhead, newSlug } from '../support/bulkhead.js';

let bulkhead: Bulkhead;
let key: string;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  key = await bulkhead.createKey('platform-admin');
});
afterAll(() => bulkhead.stop());

interface RawAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** Sends exactly these bytes, which `fetch` would not. */
function raw(method: string, path: string, headers: Record<string, string>, body?: Buffer): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const options = { method, headers: { authorization: `Bearer ${key}`, ...headers } };
    const request = httpRequest(new URL(path, bulkhead.url), options, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) });
      });
    });
    request.on('error', reject).end(body);
  });
}

interface ProblemBody {
  code: string;
  detail: string;
  errors: { pointer: string; code: string; detail: string }[];
}

async function refusal(body: string | Buffer, type = 'application/json'): Promise<[status: number, ProblemBody]> {
  const answer = await raw('POST', '/v1/tenants', { 'content-type': type }, Buffer.from(body));
  return [answer.status, JSON.parse(answer.body.toString()) as ProblemBody];
}

describe('the document', () => {
  test('is compressed for those who accept it, and for nobody else', async () => {
    const plain = await raw('GET', '/openapi.json', {});
    expect(plain.headers['content-encoding']).toBeUndefined();
    const small = await raw('GET', '/openapi.json', { 'accept-encoding': 'gzip' });
    expect(small.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(small.body.length).toBeLessThan(plain.body.length / 4);
    expect(gunzipSync(small.body).equals(plain.body)).toBe(true);
  });

  test('is not the only one: a long list is compressed as well, an event stream never', async () => {
    const plans = await raw('GET', '/v1/plans', { 'accept-encoding': 'gzip' });
    expect(plans.headers['content-encoding']).toBe('gzip');
    const created = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug('gzip'), plan: 'free' });
    const operation = created.headers.get('location') ?? '';
    await bulkhead.api.send('POST', `${operation}/cancel`);
    const events = await raw('GET', `${operation}/events`, { 'accept-encoding': 'gzip' });
    expect(events.headers['content-type']).toContain('text/event-stream');
    expect(events.headers['content-encoding']).toBeUndefined();
    expect(events.body.toString()).toContain('event: operation');
  });

  test('lets a tenant be changed by its paths as they stand', async () => {
    const { paths, components } = await bulkhead.api.get<{
      paths: Record<string, Record<string, { parameters: { $ref?: string }[] }>>;
      components: { parameters: Record<string, { name: string; in: string }> };
    }>('/openapi.json');
    const declared = paths['/v1/tenants/{id}']?.['patch']?.parameters ?? [];
    const parameters = declared.map(({ $ref = '' }) => components.parameters[$ref.split('/').at(-1) ?? '']);
    const created = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug('path'), plan: 'free' });
    const path = parameters
      .filter((parameter) => parameter?.in === 'path')
      .reduce(
        (text, parameter) => text.replace(`{${parameter?.name ?? ''}}`, String(created.body['id'])),
        '/v1/tenants/{id}',
      );
    const changed = await bulkhead.api.send('PATCH', path, { displayName: 'Changed' });
    expect(changed).toMatchObject({ status: 202, body: { displayName: 'Changed' } });
  });
});

describe('a body that two readers could read in two ways is refused', () => {
  test('bytes that are no UTF-8', async () => {
    const body = Buffer.concat([
      Buffer.from('{"slug":"acme","plan":"team","displayName":"'),
      Buffer.of(0xc3, 0x28),
      Buffer.from('"}'),
    ]);
    expect(await refusal(body)).toMatchObject([
      400,
      { code: 'request.malformed', detail: 'The request body is not valid UTF-8.' },
    ]);
  });

  test('another charset', async () => {
    const [status, problem] = await refusal('{}', 'application/json; charset=iso-8859-1');
    expect(status).toBe(415);
    expect(problem).toMatchObject({
      code: 'request.unsupported_media_type',
      detail: expect.stringContaining('UTF-8') as string,
    });
    const valid = await refusal('{}', 'application/json; charset="UTF-8"');
    expect(valid).toMatchObject([400, { code: 'request.invalid' }]);
  });

  test.for<[what: string, body: string, pointer: string]>([
    ['an unpaired surrogate', '{"displayName":"A\\ud83d"}', '/displayName'],
    ['one in a key', '{"labels":{"\\udc00":"x"}}', '/labels'],
    ['a NUL character', '{"members":[{"name":"a\\u0000"}]}', '/members/0/name'],
  ])('%s', async ([, body, pointer]) => {
    expect(await refusal(body)).toMatchObject([
      400,
      { code: 'request.invalid', errors: [{ pointer, code: 'unstorable_text' }] },
    ]);
  });

  test.for<[where: string, body: string, pointer: string]>([
    ['at the top', '{"slug":"acme","slug":"admin"}', '/slug'],
    ['in an object of a list', '{"members":[{"name":"a"},{"name":"b","role":"x","name":"c"}]}', '/members/1/name'],
    ['written in two ways', '{"plan":"free","pl\\u0061n":"team"}', '/plan'],
  ])('the same key twice, %s', async ([, body, pointer]) => {
    expect(await refusal(body)).toMatchObject([
      400,
      { code: 'request.invalid', errors: [{ pointer, code: 'duplicate_key' }] },
    ]);
  });

  test('lists in lists without end', async () => {
    const [status, { code, detail }] = await refusal(`{"slug":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    expect({ status, code, detail }).toEqual({
      status: 400,
      code: 'request.invalid',
      detail: 'The request body is nested more than 64 levels deep.',
    });
  });
});

test('no number of a request is more than the database can hold', async () => {
  const { body } = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug('int'), plan: 'free' });
  const tenant = `/v1/tenants/${String(body['id'])}`;
  for (const version of [2_147_483_648, 4_294_967_296, 1e15]) {
    const plan = { id: 'team', version };
    const answers = [
      await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug('int'), plan }),
      await bulkhead.api.send('PATCH', tenant, { plan }),
      await bulkhead.api.send('POST', `${tenant}/preview`, { plan }),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'request.invalid', errors: [{ pointer: '/plan/version' }] },
      });
    }
    expect((await bulkhead.api.send('GET', `/v1/plans/team/versions/${version}`)).status).toBe(400);
    const rollout = await bulkhead.api.send('POST', '/v1/plans/team/rollouts', { toVersion: version });
    expect(rollout).toMatchObject({ status: 400, body: { errors: [{ pointer: '/toVersion' }] } });
  }
});
