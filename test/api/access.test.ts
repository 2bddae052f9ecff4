import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Bulkhead, newSlug } from '../support/bulkhead.js';

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, { security?: unknown[]; summary?: string; operationId: string }>>;
}

let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
});
afterAll(() => bulkhead.stop());

/** Every route in the OpenAPI document, with values in place of parameters. */
async function routes(): Promise<{ method: string; path: string; secured: boolean }[]> {
  const document = await bulkhead.api.as(null).get<OpenApi>('/openapi.json');
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      path: path.replaceAll(/\{(\w+)\}/g, '1'),
      secured: security === undefined,
    })),
  );
}

describe('without a valid key', () => {
  test('every route except health, docs and public keys answers 401', async () => {
    const open = (await routes()).filter(({ secured }) => !secured).map(({ path }) => path);
    expect(open.sort()).toEqual(['/.well-known/bulkhead-deletion-keys.json', '/health/live', '/health/ready']);
    for (const { method, path } of (await routes()).filter(({ secured }) => secured)) {
      const answer = await bulkhead.api.as(null).send(method, path);
      expect({ method, path, ...answer }).toMatchObject({
        method,
        path,
        status: 401,
        body: { code: 'auth.unauthenticated' },
      });
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    }
  });

  test('mistyped, unknown, revoked and expired keys are refused', async () => {
    const key = await bulkhead.createKey('auditor');
    const reader = bulkhead.api.as(key);
    expect((await reader.send('GET', '/v1/plans')).status).toBe(200);
    for (const wrong of [`${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`, 'bhk_x', key.toUpperCase(), '']) {
      expect((await bulkhead.api.as(wrong).send('GET', '/v1/plans')).status).toBe(401);
    }
    await bulkhead.database.query(
      "UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE role = 'auditor'",
    );
    expect((await reader.send('GET', '/v1/plans')).status).toBe(401);
    const other = await bulkhead.createKey('billing', '--expires-in-days', '30');
    expect((await bulkhead.api.as(other).send('GET', '/v1/plans')).status).toBe(200);
    await bulkhead.revokeKey(other);
    expect((await bulkhead.api.as(other).send('GET', '/v1/plans')).status).toBe(401);
  });

  test('no secret is stored or logged', async () => {
    const key = await bulkhead.createKey('operator');
    await bulkhead.api.as(key).send('GET', '/v1/plans');
    const [, , secret = ''] = key.split('_');
    const stored = await bulkhead.database.query<{ row: string }>('SELECT api_keys::text AS row FROM api_keys');
    expect(stored.length).toBeGreaterThan(0);
    for (const { row } of stored) expect(row).not.toContain(secret.slice(0, 64));
    expect(bulkhead.apiOutput()).not.toContain(secret);
  });
});

describe('with a role', () => {
  test('X-API-Key works like Authorization', async () => {
    const key = await bulkhead.createKey('auditor');
    expect((await bulkhead.api.as(null).send('GET', '/v1/plans', undefined, { 'x-api-key': key })).status).toBe(200);
  });
});

describe('the OpenAPI document', () => {
  test('is version 3.1 and summarizes every route', async () => {
    const document = await bulkhead.api.get<OpenApi>('/openapi.json');
    expect(document.openapi).toMatch(/^3\.1/);
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    expect(operations.length).toBeGreaterThan(12);
    expect(operations.filter(({ summary }) => summary === undefined || summary === '')).toEqual([]);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });

  test('has examples that work unchanged', async () => {
    const { paths, components } = await bulkhead.api.get<Examples>('/openapi.json');
    const example = (path: string, method = 'post'): object => {
      const { $ref = '' } = paths[path]?.[method]?.requestBody?.content['application/json']?.schema ?? {};
      const [first] = components.schemas[$ref.split('/').at(-1) ?? '']?.examples ?? [];
      if (first === undefined) throw new Error(`${method} ${path} has no example`);
      return first;
    };
    expect((await bulkhead.api.send('POST', '/v1/plans', example('/v1/plans'))).status).toBe(201);
    const plan = '/v1/plans/{id}/versions';
    expect((await bulkhead.api.send('POST', plan.replace('{id}', 'starter'), example(plan))).status).toBe(201);
    const created = await bulkhead.api.send('POST', '/v1/tenants', { ...example('/v1/tenants'), slug: newSlug() });
    expect(created.status).toBe(202);
    const change = example('/v1/tenants/{id}', 'patch');
    expect((await bulkhead.api.send('PATCH', `/v1/tenants/${created.body['id'] as string}`, change)).status).toBe(202);
  });

  test('is served by Swagger UI', async () => {
    const page = await fetch(`${bulkhead.url}/docs`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('swagger-ui');
    expect((await fetch(`${bulkhead.url}/docs/swagger-ui-bundle.js`)).status).toBe(200);
  });
});

interface Examples {
  paths: Record<
    string,
    Record<string, { requestBody?: { content: Record<string, { schema: { $ref?: string } }> } } | undefined> | undefined
  >;
  components: { schemas: Record<string, { examples?: object[] } | undefined> };
}
