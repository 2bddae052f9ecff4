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

async function checkVersion(dataSource: DataSource): Promise<void> {
  const [row] = await dataSource.query<{ server_version_num: string }[]>('SHOW server_version_num');
  const major = Math.floor(Number(row?.server_version_num) / 10_000);
  if (major < MINIMUM_POSTGRES) {
    throw new CommandError(`The database is PostgreSQL ${major}; Bulkhead needs ${MINIMUM_POSTGRES} or newer.`);
  }
}
