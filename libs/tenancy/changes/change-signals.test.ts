import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, Socket } from 'node:net';

import { Shutdown } from '#background';
import { type DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { ChangeSignals } from './change-signals.js';

/** Messages of the PostgreSQL protocol 3.0: AuthenticationOk, CommandComplete and ReadyForQuery. */
const AUTHENTICATED = Buffer.from([82, 0, 0, 0, 8, 0, 0, 0, 0]);
const COMPLETE = Buffer.concat([Buffer.from([67, 0, 0, 0, 11]), Buffer.from('LISTEN\0')]);
const READY = Buffer.from([90, 0, 0, 0, 5, 73]);

let server: Server;
let greeting: PromiseWithResolvers<undefined>;
let open: Set<Socket>;

/** As much of Postgres as a client needs that listens; it greets clients when `greeting` is resolved. */
beforeEach(async () => {
  [greeting, open] = [Promise.withResolvers<undefined>(), new Set()];
  server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
    socket.once('data', () => {
      void greeting.promise.then(() => {
        socket.write(Buffer.concat([AUTHENTICATED, READY]));
        socket.on('data', (message) => {
          if (message[0] === 81) socket.write(Buffer.concat([COMPLETE, READY]));
        });
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  for (const socket of open) socket.destroy();
  server.close();
  vi.restoreAllMocks();
});

function newSignals(shutdown = new Shutdown()): ChangeSignals {
  const { port } = server.address() as AddressInfo;
  const url = `postgres://bulkhead:secret@127.0.0.1:${port}/bulkhead`;
  return new ChangeSignals({ options: { type: 'postgres', url } } as unknown as DataSource, shutdown);
}

test('a process that ends while it connects for notifications leaves no connection open', async () => {
  const signals = newSignals();
  const listening = signals.listen();
  await expect.poll(() => open.size).toBe(1);
  const ended = signals.onApplicationShutdown();
  greeting.resolve(undefined);
  await Promise.all([listening, ended]);
  await expect.poll(() => open.size, { timeout: 5_000 }).toBe(0);
});

test('the connection notices a peer that vanished', async () => {
  const keepAlive = vi.spyOn(Socket.prototype, 'setKeepAlive');
  const signals = newSignals();
  greeting.resolve(undefined);
  await signals.listen();
  expect(keepAlive).toHaveBeenCalledWith(true, expect.any(Number));
  await signals.onApplicationShutdown();
});

test('those who wait look at once when the connection is lost, and when the process stops', async () => {
  const shutdown = new Shutdown();
  const signals = newSignals(shutdown);
  greeting.resolve(undefined);
  await signals.listen();
  const began = performance.now();
  const lost = signals.next('op_x', {});
  await new Promise(setImmediate);
  for (const socket of open) socket.destroy();
  await lost;
  const stopped = signals.next('op_x', {});
  await expect.poll(() => open.size).toBe(1);
  shutdown.onModuleDestroy();
  await stopped;
  expect(performance.now() - began).toBeLessThan(900);
  await signals.onApplicationShutdown();
});
