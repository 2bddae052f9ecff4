import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

import { afterEach, expect, test, vi } from 'vitest';

import { KubeUnreachable } from './kube-error.js';
import { Transport } from './transport.js';

let server: Server | null = null;
let transport: Transport | null = null;
afterEach(async () => {
  await transport?.close();
  server?.close();
});

/** Starts a server that refuses some requests as too busy. Returns a function that reports the number of requests. */
async function busy(times: number, retryAfter: string): Promise<() => number> {
  let requests = 0;
  server = createServer((_, answer) => {
    requests += 1;
    const refused = requests <= times;
    answer.writeHead(refused ? 429 : 200, refused ? { 'retry-after': retryAfter } : {}).end('{"ok":true}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const endpoint = { server: `http://127.0.0.1:${port}`, headers: {}, tls: { rejectUnauthorized: true } };
  transport = new Transport({ endpoint: () => Promise.resolve(endpoint), renew: () => Promise.resolve(false) });
  return () => requests;
}

test('a short Retry-After is waited for within the request', async () => {
  const requests = await busy(1, '1');
  expect(await transport?.send({ method: 'GET', path: '/version' })).toEqual({ ok: true });
  expect(requests()).toBe(2);
});

test('a long Retry-After is not cut short: the request fails and reports it', async () => {
  const requests = await busy(99, '45');
  const answer = transport?.send({ method: 'GET', path: '/version' });
  await expect(answer).rejects.toMatchObject({ httpStatus: 429, retryAfterSeconds: 45 });
  expect(requests()).toBe(1);
});

/** Limits that a test reaches by itself. */
function limits(): { waits: AbortController; requests: AbortController; within: Transport | undefined } {
  const [waits, requests] = [new AbortController(), new AbortController()];
  return { waits, requests, within: transport?.within({ waits: waits.signal, requests: requests.signal }) };
}

test('a pause ends with its caller’s work, and with that reason', async () => {
  const requests = await busy(99, '9');
  const { waits, within } = limits();
  const answer = within?.send({ method: 'GET', path: '/version' });
  await vi.waitFor(() => {
    expect(requests()).toBe(1);
  });
  waits.abort(new Error('over'));
  await expect(answer).rejects.toThrow('over');
  expect(requests()).toBe(1);
});

test('a request ends with its caller’s work, and that of another caller does not', async () => {
  await busy(0, '');
  const { requests, within } = limits();
  requests.abort(new Error('over'));
  await expect(within?.send({ method: 'GET', path: '/version' })).rejects.toThrow('over');
  expect(await transport?.send({ method: 'GET', path: '/version' })).toEqual({ ok: true });
});

test('after the connections are cut off, neither a pause nor a new request connects again', async () => {
  const requests = await busy(99, '9');
  const answer = transport?.send({ method: 'GET', path: '/version' });
  const failed = expect(answer).rejects.toBeInstanceOf(KubeUnreachable);
  await vi.waitFor(() => {
    expect(requests()).toBe(1);
  });
  await transport?.destroy();
  await failed;
  await expect(transport?.send({ method: 'GET', path: '/version' })).rejects.toBeInstanceOf(KubeUnreachable);
  expect(requests()).toBe(1);
});
