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

/** A server that is too busy for some requests. Returns how often it was asked. */
async function busy(times: number, retryAfter: string): Promise<() => number> {
  let asked = 0;
  server = createServer((_, answer) => {
    asked += 1;
    const refused = asked <= times;
    answer.writeHead(refused ? 429 : 200, refused ? { 'retry-after': retryAfter } : {}).end('{"ok":true}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const endpoint = { server: `http://127.0.0.1:${port}`, headers: {}, tls: { rejectUnauthorized: true } };
  transport = new Transport({ endpoint: () => Promise.resolve(endpoint) });
  return () => asked;
}

test('a short Retry-After is waited out within the request', async () => {
  const asked = await busy(1, '1');
  expect(await transport?.send({ method: 'GET', path: '/version' })).toEqual({ ok: true });
  expect(asked()).toBe(2);
});

test('a long one is not cut short: the request ends and says how long', async () => {
  const asked = await busy(99, '45');
  const answer = transport?.send({ method: 'GET', path: '/version' });
  await expect(answer).rejects.toMatchObject({ httpStatus: 429, retryAfterSeconds: 45 });
  expect(asked()).toBe(1);
});
