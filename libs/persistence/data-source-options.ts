import { type DatabaseConfig } from '#config';
import pg from 'pg';
import { type DataSourceOptions, DefaultNamingStrategy } from 'typeorm';

/** Maps camelCase names in TypeScript to snake_case names in Postgres. */
class SnakeCaseNames extends DefaultNamingStrategy {
  override columnName(property: string, custom: string | undefined, prefixes: string[]): string {
    return custom ?? snakeCase([...prefixes, property].join('_'));
  }
}

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * Returns the TypeORM options of a process. Entities are registered by the libraries that own them.
 * @param session Postgres settings of each connection
 */
export function dataSourceOptions(
  config: DatabaseConfig,
  applicationName: string,
  session: Readonly<Record<string, string>> = {},
): DataSourceOptions {
  return {
    type: 'postgres',
    // TypeORM would look it up by name in node_modules, which a bundle does not have.
    driver: pg,
    url: config.url,
    poolSize: config.poolSize,
    applicationName,
    namingStrategy: new SnakeCaseNames(),
    migrationsTableName: 'schema_migrations',
    // The schema is only changed by reviewed files in migrations/.
    synchronize: false,
    logging: false,
    extra: {
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      // A process that is stopped inside a transaction must not hold its row locks forever.
      idle_in_transaction_session_timeout: 5_000,
      options: Object.entries(session)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
    },
  };
}
