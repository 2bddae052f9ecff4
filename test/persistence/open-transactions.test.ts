import { setTimeout as pause } from 'node:timers/promises';

import { assertNoTransaction, dataSourceOptions, WatchedDataSource } from '#persistence';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createDatabase, type Database } from '../support/database.js';

let database: Database;
let dataSource: WatchedDataSource;

beforeAll(async () => {
  database = await createDatabase(null);
  dataSource = new WatchedDataSource(dataSourceOptions({ url: database.url, poolSize: 2 }, 'test'));
  await dataSource.initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const ask = async (): Promise<string> => {
  await pause(1);
  assertNoTransaction('A cluster');
  return 'asked';
};
const refused = 'A cluster must not be waited for inside a transaction';

test('a cluster cannot be asked inside a transaction', async () => {
  await expect(ask()).resolves.toBe('asked');
  await expect(dataSource.transaction(() => ask())).rejects.toThrow(refused);
  await expect(dataSource.transaction('REPEATABLE READ', () => ask())).rejects.toThrow(refused);
});

test('the database can, and work that outlasts its transaction', async () => {
  const rows = await dataSource.transaction((manager) => manager.query<object[]>('SELECT 1 AS one'));
  expect(rows).toEqual([{ one: 1 }]);
  const { promise: ended, resolve } = Promise.withResolvers<undefined>();
  let later: Promise<string> | null = null;
  await dataSource.transaction(() => {
    later = ended.then(ask);
    return Promise.resolve();
  });
  resolve(undefined);
  await expect(later).resolves.toBe('asked');
});
