import { readdirSync } from 'node:fs';
import path from 'node:path';

import '#access';
import '#links';
import '#network-rules';
import '#policies';
import '#proof';
import '#questions';
import '#rollouts';
import '#routing';
import '#tenancy';

import { dataSourceOptions } from '#persistence';
import { DataSource, getMetadataArgsStorage } from 'typeorm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createDatabase, type Database } from '../support/database.js';
import { runProgram } from '../support/program.js';

const files = readdirSync(path.resolve(import.meta.dirname, '../../migrations'));
/** Every entity that a library declares: the imports above register them. */
const entities = getMetadataArgsStorage().tables.map(({ target }) => target as new () => object);

describe('migrations', () => {
  let database: Database;
  beforeAll(async () => {
    database = await createDatabase(null);
  });
  afterAll(() => database.drop());

  const migrate = async (...args: string[]): Promise<string> => {
    const { code, output } = await runProgram('apps/api/src/commands/migrate.js', args, { DATABASE_URL: database.url });
    if (code !== 0) throw new Error(output);
    return output;
  };
  const tables = async (): Promise<string[]> => {
    const rows = await database.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations' ORDER BY 1",
    );
    return rows.map(({ name }) => name);
  };

  test('are named <timestamp>-<verb-noun>.ts', () => {
    for (const file of files) expect(file).toMatch(/^\d{13}-[a-z]+(-[a-z]+)+\.ts$/);
  });

  /** Reverts migrations as the command does, the latest first. */
  async function revert(count: number): Promise<void> {
    const migrations = [path.resolve(import.meta.dirname, '../../dist/migrations/*.js')];
    const dataSource = new DataSource({
      ...dataSourceOptions({ url: database.url, poolSize: 2 }, 'test'),
      migrations,
    });
    await dataSource.initialize();
    try {
      for (let left = count; left > 0; left -= 1) await dataSource.undoLastMigration({ transaction: 'each' });
    } finally {
      await dataSource.destroy();
    }
  }

  test('run all the way up, down and up again, and another run changes nothing', async () => {
    await migrate();
    const all = await tables();
    expect(all.length).toBeGreaterThan(8);
    await migrate('--revert');
    await revert(files.length - 1);
    expect(await tables()).toEqual([]);
    await migrate();
    expect(await tables()).toEqual(all);
    expect(await migrate()).toContain('up to date');
  });

  test('run once, however many processes start them at the same time', async () => {
    const empty = await createDatabase(null);
    const program = (): ReturnType<typeof runProgram> =>
      runProgram('apps/api/src/commands/migrate.js', [], { DATABASE_URL: empty.url });
    const runs = await Promise.all([program(), program(), program()]);
    await empty.drop();
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    const outputs = runs.map(({ output }) => output);
    expect(outputs.filter((output) => output.includes('migrated ')).length).toBe(1);
    expect(outputs.filter((output) => output.includes('up to date')).length).toBe(2);
  });

  test('create the schema that the entities describe', async () => {
    const dataSource = new DataSource({ ...dataSourceOptions({ url: database.url, poolSize: 2 }, 'test'), entities });
    await dataSource.initialize();
    try {
      const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
      // If this fails, the queries show what a migration must do, or what an entity declares wrongly.
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    } finally {
      await dataSource.destroy();
    }
  });

  test('give every table a primary key, and every table of tenant data a tenant id', async () => {
    const keyless = await database.query(
      `SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
         AND NOT EXISTS (SELECT 1 FROM pg_constraint p WHERE p.conrelid = c.oid AND p.contype = 'p')`,
    );
    expect(keyless).toEqual([]);
    // A key can be bound to a tenant, and is no data of it.
    const nullable = await database.query(
      `SELECT table_name FROM information_schema.columns
       WHERE column_name = 'tenant_id' AND is_nullable = 'YES' AND table_name <> 'api_keys'`,
    );
    expect(nullable).toEqual([]);
  });
});
