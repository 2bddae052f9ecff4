import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { eventually } from '../support/eventually.js';

const ORIGIN = 'https://console.example.com';

let bulkhead: Bulkhead;
let key: string;
beforeAll(async () => {
  bulkhead = await Bulkhead.start({ env: { BULKHEAD_CORS_ORIGINS: ORIGIN } });
  key = await bulkhead.createKey('platform-admin');
});
afterAll(() => bulkhead.stop());

/** Opens a connection, and collects what it receives. */
async function opened(
  url = bulkhead.url,
): Promise<{ socket: Socket; received: () => string; closed: Promise<unknown> }> {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  let text = '';
  socket.on('data', (bytes: Buffer) => (text += bytes.toString()));
  return { socket, received: () => text, closed: once(socket, 'close') };
}

/** Sends these bytes, and returns everything that comes back until the server closes the connection. */
async function exchanged(bytes: string): Promise<string> {
  const { socket, received, closed } = await opened();
  socket.write(bytes);
  await closed;
  return received();
}

function problemIn(response: string): { status: number; type: string; code: string } {
  const [head = '', body = ''] = response.split('\r\n\r\n');
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]);
  const [, type = ''] = /^content-type: (.*)$/im.exec(head) ?? [];
  return { status, type: type.trim(), code: (JSON.parse(body) as { code: string }).code };
}

const head = (method: string, path: string, ...headers: string[]): string =>
  [`${method} ${path} HTTP/1.1`, 'host: x', ...headers, '', ''].join('\r\n');

describe('methods', () => {
  test('a method that a path does not have is 405 with those that it has', async () => {
    for (const [method, path, allow] of [
      ['DELETE', '/v1/plans', 'GET, HEAD, POST, OPTIONS'],
      ['PUT', '/v1/tenants/tenant_x', 'GET, HEAD, PATCH, DELETE, OPTIONS'],
      ['POST', '/openapi.json', 'GET, HEAD, OPTIONS'],
    ] as const) {
      const answer = await bulkhead.api.send(method, path);
      expect(answer).toMatchObject({ status: 405, body: { code: 'route.method_not_allowed' } });
      expect(answer.headers.get('allow')).toBe(allow);
    }
    expect(await bulkhead.api.send('DELETE', '/v1/nothing')).toMatchObject({ status: 404 });
  });

  test('OPTIONS says what a path has, also to callers without a key', async () => {
    const { status, headers } = await bulkhead.api.as(null).send('OPTIONS', '/v1/tenants?limit=1');
    expect([status, headers.get('allow')]).toEqual([204, 'GET, HEAD, POST, OPTIONS']);
    expect((await bulkhead.api.send('OPTIONS', '/v1/nothing')).status).toBe(404);
  });

  test('HEAD is GET without the body', async () => {
    const tenant = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug('head'), plan: 'free' });
    const path = `/v1/tenants/${tenant.body['id'] as string}`;
    const got = await bulkhead.api.fetch(path);
    const headed = await fetch(bulkhead.url + path, { method: 'HEAD', headers: { authorization: `Bearer ${key}` } });
    expect([headed.status, await headed.text()]).toEqual([200, '']);
    for (const name of ['etag', 'content-type', 'content-length']) {
      expect(headed.headers.get(name)).toBe(got.headers.get(name));
    }
    expect((await fetch(bulkhead.url + path, { method: 'HEAD' })).status).toBe(401);
  });

  test('a slash at the end changes nothing', async () => {
    const plain = await bulkhead.api.get('/v1/plans/team');
    expect(await bulkhead.api.get('/v1/plans/team/')).toEqual(plain);
    const [body, headers] = [{ slug: newSlug('slash'), plan: 'free' }, { 'idempotency-key': newSlug('key') }];
    const first = await bulkhead.api.send('POST', '/v1/tenants/', body, headers);
    expect(await bulkhead.api.send('POST', '/v1/tenants', body, headers)).toMatchObject({ body: first.body });
    expect((await bulkhead.api.send('DELETE', '/v1/plans/')).status).toBe(405);
  });
});

describe('pages of other origins', () => {
  const preflight = (origin: string): Promise<Response> =>
    fetch(`${bulkhead.url}/v1/tenants/tenant_x`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'if-match' },
    });

  test('may call the API from an origin that is configured, and from no other', async () => {
    const mine = await preflight(ORIGIN);
    expect(mine.status).toBe(204);
    expect(Object.fromEntries(mine.headers)).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-methods': expect.stringContaining('PATCH') as string,
      'access-control-allow-headers': expect.stringContaining('If-Match') as string,
      'access-control-max-age': '7200',
    });
    expect(mine.headers.get('access-control-allow-credentials')).toBe(null);
    const answer = await bulkhead.api.fetch('/v1/plans', { origin: ORIGIN });
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(answer.headers.get('access-control-expose-headers')).toContain('Location');
    const refused = await bulkhead.api.as(null).fetch('/v1/plans', { origin: ORIGIN });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, ORIGIN]);
    const other = await preflight('https://evil.example');
    expect(other.headers.get('access-control-allow-origin')).toBe(null);
  });
});

describe('what Node and the router refuse is a problem as well', () => {
  test.for<[what: string, request: string, status: number, code: string]>([
    ['no HTTP', 'hello\r\n\r\n', 400, 'request.malformed'],
    ['headers without end', head('GET', '/', `x: ${'a'.repeat(40_000)}`), 431, 'request.headers_too_large'],
    ['a URL without end', `GET /${'a'.repeat(60_000)}`, 414, 'request.uri_too_long'],
    ['a long URL', head('GET', `/v1/tenants?q=${'a'.repeat(9_000)}`, 'connection: close'), 414, 'request.uri_too_long'],
    ['a path that cannot be decoded', head('GET', '/v1/plans/%ff', 'connection: close'), 400, 'request.malformed'],
  ])('%s', async ([, request, status, code]) => {
    expect(problemIn(await exchanged(request))).toEqual({
      status,
      code,
      type: expect.stringContaining('application/problem+json') as string,
    });
  });
});

describe('requests and connections without end', () => {
  let url: string;
  beforeAll(async () => {
    const api = await bulkhead.startApi({ BULKHEAD_REQUEST_SECONDS: '2', BULKHEAD_KEEP_ALIVE_SECONDS: '2' });
    ({ url } = api);
  });

  test.for<[what: string, begun: string]>([
    ['headers that never end', 'GET /v1/plans HTTP/1.1\r\nhost: x\r\n'],
    ['a body that never ends', head('POST', '/v1/tenants', 'content-type: application/json', 'content-length: 900')],
  ])('%s get 408 and no more time', async ([what, begun]) => {
    const { socket, received, closed } = await opened(url);
    const authorized = what.includes('body')
      ? begun.replace('host: x', `host: x\r\nauthorization: Bearer ${key}`)
      : begun;
    socket.write(authorized);
    const drip = setInterval(() => socket.write('x'), 100);
    await closed;
    clearInterval(drip);
    expect(problemIn(received())).toMatchObject({ status: 408, code: 'request.timeout' });
  });

  test('a connection without a request does not stay', async () => {
    const { socket, received, closed } = await opened(url);
    socket.write(head('GET', '/health/live'));
    await closed;
    expect(received()).toContain('{"status":"ok"}');
  });
});

describe('callers without a key', () => {
  test('are refused before their body is read', async () => {
    const { socket, received } = await opened();
    socket.write(head('POST', '/v1/tenants', 'content-type: application/json', 'content-length: 500000'));
    await eventually('the answer is there', () => Promise.resolve(received().includes('auth.unauthenticated')));
    socket.destroy();
  });

  test('are refused for being unknown, whatever they send', async () => {
    const answer = await bulkhead.api.as(null).send('POST', '/v1/tenants', '{"slug":', {
      'content-type': 'application/json',
    });
    expect(answer).toMatchObject({ status: 401, body: { code: 'auth.unauthenticated' } });
  });
});

test('a client that goes away is no error in the log', async () => {
  const id = newSlug('gone');
  const headers = [`authorization: Bearer ${key}`, `x-request-id: ${id}`];
  const post = await opened();
  post.socket.write(head('POST', '/v1/tenants', ...headers, 'content-type: application/json', 'content-length: 900'));
  post.socket.write('{"slug":');
  const read = await opened();
  read.socket.write(head('GET', '/openapi.json', ...headers).repeat(40));
  const waiting = await opened();
  const created = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug('gone'), plan: 'free' });
  waiting.socket.write(head('GET', `${created.headers.get('location') ?? ''}?wait=20`, ...headers));
  await eventually('the first document arrives', () => Promise.resolve(read.received().includes('200 OK')));
  for (const { socket } of [post, read, waiting]) socket.resetAndDestroy();
  const lines = (): string[] =>
    bulkhead
      .apiOutput()
      .split('\n')
      .filter((line) => line.includes(id));
  await eventually('all three are logged', () =>
    Promise.resolve(['POST', '/openapi.json', 'wait=20'].every((part) => lines().some((line) => line.includes(part)))),
  );
  expect(lines().filter((line) => line.includes('"level":"error"'))).toEqual([]);
  expect(lines().filter((line) => line.includes('request aborted')).length).toBeGreaterThan(1);
});

describe('for people with a browser', () => {
  test('/ shows where the documents are, and the state', async () => {
    const answer = await bulkhead.api.as(null).fetch('/');
    const page = await answer.text();
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page).toContain('This API is ready.');
    for (const [, href = ''] of page.matchAll(/href="([^"]+)"/g)) {
      expect([href, (await bulkhead.api.as(null).fetch(href)).status]).toEqual([href, 200]);
    }
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
    expect(policy).not.toContain('unsafe');
    expect(page).not.toMatch(/<script|onload|style=/);
  });

  test('the type of a problem leads to the page of its code', async () => {
    const stranger = bulkhead.api.as(null);
    const { type, code } = (await (await stranger.fetch('/v1/tenants')).json()) as Record<string, string>;
    expect(type).toBe(`/errors/${code ?? ''}`);
    const page = await stranger.fetch(type ?? '');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await page.text()).toMatch(/<h1><code>auth\.unauthenticated<\/code>.*<h2>What to do<\/h2>/s);
    const unknown = await stranger.fetch('/errors/auth.none');
    expect([unknown.status, await unknown.json()]).toEqual([404, expect.objectContaining({ code: 'route.not_found' })]);
    const behindProxy = await bulkhead.startApi({ BULKHEAD_PUBLIC_URL: 'https://bulkhead.example/api/' });
    const there = (await (await behindProxy.as(null).fetch('/v1/tenants')).json()) as Record<string, string>;
    expect(there['type']).toBe('https://bulkhead.example/api/errors/auth.unauthenticated');
  });

  test('/docs runs its own scripts only, and nothing can frame it', async () => {
    for (const path of ['/docs', '/docs/swagger-ui-init.js']) {
      const { headers } = await bulkhead.api.as(null).fetch(path);
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-security-policy': expect.stringContaining("script-src 'self'; style-src") as string,
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      });
    }
    expect(await (await bulkhead.api.fetch('/docs')).text()).not.toMatch(/<script(?![^>]* src=)/);
  });

  test('what the API says about itself can be switched off', async () => {
    const statuses = async (docs: string): Promise<number[]> => {
      const api = await bulkhead.startApi({ BULKHEAD_API_DOCS: docs });
      const answers = await Promise.all(['/docs', '/openapi.json', '/'].map((path) => api.fetch(path)));
      expect(await answers[2]?.text()).toContain('ready');
      return answers.map(({ status }) => status);
    };
    expect(await statuses('document')).toEqual([404, 200, 200]);
    expect(await statuses('off')).toEqual([404, 404, 200]);
  });
});
