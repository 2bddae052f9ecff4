import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

import { afterEach, expect, test } from 'vitest';

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
