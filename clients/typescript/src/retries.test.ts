import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

import { afterEach, expect, test } from 'vitest';

import { createClient } from './client.js';
import { BulkheadError } from './errors.js';
import { items } from './pages.js';
import { unwrap } from './unwrap.js';

let server: Server | null = null;
afterEach(() => server?.close());

/** Starts a server whose answers are given in order, and returns its address and the requests that it got. */
async function serve(...answers: ((response: ServerResponse, request: IncomingMessage) => void)[]) {
  const requests: { method: string; url: string; key: string | undefined; body: string }[] = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const key = request.headers['idempotency-key'] as string | undefined;
      requests.push({ method: request.method ?? '', url: request.url ?? '', key, body });
      const answer = answers[Math.min(requests.length, answers.length) - 1];
      answer?.(response, request);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
const hangUp = (response: ServerResponse) => response.destroy();
const problem = { code: 'tenant.slug_taken', title: 'Slug taken', detail: 'The slug acme is taken.', errors: [] };
const create = { body: { slug: 'acme', plan: 'team' } } as const;

test('a change is repeated with the same idempotency key and body until it is answered', async () => {
  const { url, requests } = await serve(hangUp, json(503, {}, { 'retry-after': '0' }), json(202, { id: 'tenant_1' }));
  const client = createClient({ url, credential: 'key' });
  expect(await unwrap(client.POST('/v1/tenants', create))).toMatchObject({ id: 'tenant_1' });
  expect(requests).toHaveLength(3);
  expect(new Set(requests.map(({ key }) => key)).size).toBe(1);
  expect(requests[0]?.key).toMatch(/^[\da-f-]{36}$/);
  expect(requests.map(({ body }) => body)).toEqual(Array(3).fill('{"slug":"acme","plan":"team"}'));
});

test('two changes have different idempotency keys', async () => {
  const { url, requests } = await serve(json(202, {}));
  const client = createClient({ url, credential: 'key' });
  await client.POST('/v1/tenants', create);
  await client.POST('/v1/tenants', create);
  expect(requests[0]?.key).not.toBe(requests[1]?.key);
});

test('a refusal is not repeated, and says what is wrong', async () => {
  const { url, requests } = await serve(json(409, problem));
  const client = createClient({ url, credential: 'key' });
  const refused = await unwrap(client.POST('/v1/tenants', create)).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(BulkheadError);
  expect(refused).toMatchObject({ status: 409, code: 'tenant.slug_taken', message: 'The slug acme is taken.' });
  expect(requests).toHaveLength(1);
});

test('failures that do not pass are returned after the last attempt', async () => {
  const { url, requests } = await serve(json(503, {}, { 'retry-after': '0' }));
  const client = createClient({ url, credential: 'key', retries: { attempts: 3 } });
  await expect(unwrap(client.GET('/v1/clusters'))).rejects.toMatchObject({ status: 503, problem: null });
  expect(requests).toHaveLength(3);
});

test('the caller can stop a request that waits to be repeated', async () => {
  const { url } = await serve(json(503, {}, { 'retry-after': '25' }));
  const client = createClient({ url, credential: 'key' });
  const stop = new AbortController();
  const request = client.GET('/v1/clusters', { signal: stop.signal });
  setTimeout(() => {
    stop.abort(new Error('enough'));
  }, 50);
  await expect(request).rejects.toThrow('enough');
});

test('a list is read page by page', async () => {
  const { url, requests } = await serve(
    json(200, { items: [{ slug: 'a' }, { slug: 'b' }], nextCursor: 'next' }),
    json(200, { items: [{ slug: 'c' }], nextCursor: null }),
  );
  const client = createClient({ url: `${url}/`, credential: () => 'key' });
  const slugs: string[] = [];
  const tenants = items((cursor) => client.GET('/v1/tenants', { params: { query: { limit: 2, ...cursor } } }));
  for await (const { slug } of tenants) slugs.push(slug);
  expect(slugs).toEqual(['a', 'b', 'c']);
  expect(requests.map((request) => request.url)).toEqual(['/v1/tenants?limit=2', '/v1/tenants?limit=2&cursor=next']);
});
