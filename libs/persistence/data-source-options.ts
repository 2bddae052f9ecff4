import { type DatabaseConfig } from '#config';
import pg from 'pg';
import { type DataSourceOptions, DefaultNamingStrategy } from 'typeorm';

/** camelCase in TypeScript, snake_case in Postgres. */
class SnakeCaseNames extends DefaultNamingStrategy {
  override columnName(property: string, custom: string | undefined, prefixes: string[]): string {
    return custom ?? snakeCase([...prefixes, property].join('_'));
  }
}

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * TypeORM options for one process. Entities are registered by the libraries that own them.
 * @param session settings of Postgres for each connection
 */
export function dataSourceOptions(
  config: DatabaseConfig,
  applicationName: string,
  session: Readonly<Record<string, string>> = {},
): DataSourceOptions {
  return {
    type: 'postgres',
    // TypeORM would look for it in node_modules by name, where a bundle has none.
    driver: pg,
    url: config.url,
    poolSize: config.poolSize,
    applicationName,
    namingStrategy: new SnakeCaseNames(),
    migrationsTableName: 'schema_migrations',
    // The schema only ever changes through a reviewed file in migrations/.
    synchronize: false,
    logging: false,
    extra: {
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      // A process that is stopped inside a transaction must not keep its row locks from the others.
      idle_in_transaction_session_timeout: 5_000,
      options: Object.entries(session)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
    },
  };
}
