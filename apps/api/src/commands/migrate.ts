import path from 'node:path';
import { parseArgs } from 'node:util';

import { dataSourceOptions } from '#persistence';
import { DataSource } from 'typeorm';

import { CommandError, runCommand } from './command.js';

const MINIMUM_POSTGRES = 15;

/** `migrate`: migrates the database to the latest schema. `migrate --revert`: reverts the latest migration. */
await runCommand(async (config) => {
  const { values } = parseArgs({ options: { revert: { type: 'boolean', default: false } } });
  const migrations = [path.resolve(import.meta.dirname, '../../../../migrations/*.js')];
  const dataSource = new DataSource({ ...dataSourceOptions(config.database, 'bulkhead-migrate'), migrations });
  await dataSource.initialize();
  try {
    await checkVersion(dataSource);
    await waitForOthers(dataSource);
    if (values.revert) {
      await dataSource.undoLastMigration({ transaction: 'each' });
      return;
    }
    const done = await dataSource.runMigrations({ transaction: 'each' });
    console.log(done.length === 0 ? 'the schema is up to date' : done.map(({ name }) => `migrated ${name}`).join('\n'));
  } finally {
    await dataSource.destroy();
  }
});

/**
 * Waits until no other process migrates this database: pods of a deployment start at the same time. The lock belongs to
 * a connection and ends with it, even if the process is killed.
 */
async function waitForOthers(dataSource: DataSource): Promise<void> {
  const lock = `hashtextextended('bulkhead.migrate', 0)`;
  // Not given back to the pool before the end, when the data source closes all connections.
  const connection = dataSource.createQueryRunner();
  const [row] = (await connection.query(`SELECT pg_try_advisory_lock(${lock}) AS free`)) as { free: boolean }[];
  if (row?.free === true) return;
  console.log('another process is migrating the database; waiting for it');
  await connection.query(`SELECT pg_advisory_lock(${lock})`);
}

async function checkVersion(dataSource: DataSource): Promise<void> {
  const [row] = await dataSource.query<{ server_version_num: string }[]>('SHOW server_version_num');
  const major = Math.floor(Number(row?.server_version_num) / 10_000);
  if (major < MINIMUM_POSTGRES) {
    throw new CommandError(`The database is PostgreSQL ${major}; Bulkhead needs ${MINIMUM_POSTGRES} or newer.`);
  }
}
