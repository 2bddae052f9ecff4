import { NotificationListener } from '#background';
import { dataSourceOptions, Transactions } from '#persistence';
import { classify } from '#problems';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createDatabase, type Database } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { SwallowingProxy } from '../support/swallowing-proxy.js';

let database: Database;
let proxy: SwallowingProxy;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createDatabase();
  const opened = await SwallowingProxy.open(database.url);
  proxy = opened.proxy;
  dataSource = new DataSource(dataSourceOptions({ url: opened.url, poolSize: 4 }, 'test', { statementMs: 500 }));
  await dataSource.initialize();
  await dataSource.query('CREATE TABLE accounts (id integer PRIMARY KEY, changes integer NOT NULL)');
  await dataSource.query('INSERT INTO accounts VALUES (1, 0), (2, 0)');
});
afterAll(async () => {
  await dataSource.destroy();
  await proxy.close();
  await database.drop();
});

const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => classify(error).name,
  );

test('a statement that takes too long is cancelled, and its connection goes on', async () => {
  expect(await failureOf(dataSource.query('SELECT pg_sleep(60)'))).toBe('statement-timeout');
  expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('statements and transactions whose server is gone without a word end, and later ones work', async () => {
  const under = dataSource.transaction(async (manager) => {
    await manager.query('SELECT 1');
    proxy.swallow();
    await manager.query('SELECT 2');
  });
  expect(await failureOf(under)).toBe('database-unavailable');
  expect(await failureOf(dataSource.query('SELECT 1'))).toBe('database-unavailable');
  proxy.swallow(false);
  await eventually('the database can be used', async () => (await failureOf(dataSource.query('SELECT 1'))) === 'none');
});

test('a connection that only listens notices that its server is gone, and listens again', async () => {
  const lost: string[] = [];
  const heard: string[] = [];
  const listener = new NotificationListener(dataSource, {
    applicationName: 'test-listener',
    channels: ['somewhere'],
    onNotification: (_, payload) => heard.push(payload),
    onLost: () => lost.push('lost'),
    probe: { everyMs: 200, silenceMs: 1_000 },
  });
  await listener.connect();
  // Longer than the limit: a connection that is answered stays.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(listener.isConnected).toBe(true);
  proxy.swallow();
  await eventually('the connection counts as lost', () => Promise.resolve(lost.length > 0 && !listener.isConnected));
  proxy.swallow(false);
  await listener.connect();
  await database.query(`NOTIFY somewhere, 'again'`);
  await eventually('it hears again', () => Promise.resolve(heard.includes('again')));
  await listener.close();
});

test('a transaction that Postgres ends because of a deadlock is done once more', async () => {
  // Without a limit: Postgres looks for deadlocks after a second.
  const patient = new DataSource(dataSourceOptions({ url: database.url, poolSize: 2 }, 'test'));
  await patient.initialize();
  const transactions = new Transactions(patient);
  let attempts = 0;
  let arrived = 0;
  let open = (): void => undefined;
  const both = new Promise<void>((resolve) => (open = resolve));
  const change = (first: number, second: number): Promise<void> =>
    transactions.run(async ({ manager }) => {
      attempts += 1;
      await manager.query('UPDATE accounts SET changes = changes + 1 WHERE id = $1', [first]);
      arrived += 1;
      if (arrived === 2) open();
      await both;
      await manager.query('UPDATE accounts SET changes = changes + 1 WHERE id = $1', [second]);
    });
  await Promise.all([change(1, 2), change(2, 1)]).finally(() => patient.destroy());
  expect(attempts).toBe(3);
  expect(await database.query('SELECT changes FROM accounts ORDER BY id')).toEqual([{ changes: 2 }, { changes: 2 }]);
});
