import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { createDatabase, type Database } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/program.js';

/** A proxy to a database whose connections can be cut, as by a network failure or a restart. */
class Way {
  private server: Server | null = null;
  private readonly sockets = new Set<Socket>();

  constructor(
    readonly port: number,
    private readonly target: URL,
  ) {}

  async open(): Promise<void> {
    this.server = createServer((socket) => {
      const beyond = connect(Number(this.target.port), this.target.hostname);
      for (const end of [socket, beyond]) {
        this.sockets.add(end);
        end.on('error', () => undefined).on('close', () => this.sockets.delete(end));
      }
      socket.pipe(beyond).pipe(socket);
    }).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async close(): Promise<void> {
    this.server?.close();
    for (const socket of this.sockets) socket.destroy();
    if (this.server !== null) await once(this.server, 'close');
    this.server = null;
  }
}

let database: Database;
let way: Way;
let bulkhead: Bulkhead;

beforeAll(async () => {
  database = await createDatabase();
  way = new Way(await freePort(), new URL(database.url));
  await way.open();
  const url = new URL(database.url);
  url.port = String(way.port);
  bulkhead = await Bulkhead.start({ env: { DATABASE_URL: url.href } });
  await bulkhead.startWorker();
});
afterAll(async () => {
  await bulkhead.stop();
  await way.close();
  await database.drop();
});

test('while the database is unavailable the API reports it and keeps running; afterwards it recovers', async () => {
  const before = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug('db'), plan: 'free' });
  expect(before.operation.state).toBe('succeeded');

  await way.close();
  const slug = newSlug('db');
  const refused = await bulkhead.api.send('POST', '/v1/tenants', { slug, plan: 'free' });
  expect(refused).toMatchObject({ status: 503, body: { code: 'service.unavailable' } });
  expect(refused.headers.get('retry-after')).not.toBeNull();
  expect((await bulkhead.api.send('GET', '/health/ready')).status).toBe(503);
  expect((await bulkhead.api.send('GET', '/health/live')).status).toBe(200);

  await way.open();
  await eventually('the API is ready', async () => (await bulkhead.api.send('GET', '/health/ready')).status === 200);
  const { body } = await bulkhead.api.send('POST', '/v1/tenants', { slug, plan: 'free' });
  await eventually('the tenant is active', async () => {
    const { phase } = await bulkhead.api.get<TenantBody>(`/v1/tenants/${body['id'] as string}`);
    return phase === 'active';
  });
});
