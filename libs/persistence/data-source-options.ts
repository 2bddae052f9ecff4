import { type DatabaseConfig } from '#config';
import pg from 'pg';
import { type DataSourceOptions, DefaultNamingStrategy } from 'typeorm';

import { surviveUnheardErrors } from './unheard-errors.js';
import { watchedSockets } from './watched-socket.js';

/** Maps camelCase names in TypeScript to snake_case names in Postgres. */
class SnakeCaseNames extends DefaultNamingStrategy {
  override columnName(property: string, custom: string | undefined, prefixes: string[]): string {
    return custom ?? snakeCase([...prefixes, property].join('_'));
  }
}

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** After how long an idle connection is closed. */
const IDLE_MS = 10_000;
/** A server that did not end a statement by itself so long after its limit is gone. */
const SILENCE_AFTER_LIMIT_MS = 2_000;

export interface SessionOptions {
  /** Postgres settings of each connection. */
  settings?: Readonly<Record<string, string>>;
  /**
   * Longest time of a statement, in ms: the server cancels longer ones, and a server that does not even do that counts
   * as gone. Absent: no limit, for migrations and commands.
   */
  statementMs?: number;
}

/** Returns the TypeORM options of a process. Entities are registered by the libraries that own them. */
export function dataSourceOptions(
  config: DatabaseConfig,
  applicationName: string,
  { settings = {}, statementMs }: SessionOptions = {},
): DataSourceOptions {
  surviveUnheardErrors();
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
      keepAliveInitialDelayMillis: 10_000,
      ...(statementMs === undefined ? {} : limits(statementMs)),
      // A process that is stopped inside a transaction must not hold its row locks forever.
      idle_in_transaction_session_timeout: 5_000,
      options: Object.entries(settings)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
    },
  };
}

function limits(statementMs: number): object {
  return {
    statement_timeout: statementMs,
    stream: watchedSockets(statementMs + SILENCE_AFTER_LIMIT_MS),
    // Earlier than its socket would end, so that only a connection that waits for an answer is silent for that long.
    idleTimeoutMillis: Math.min(IDLE_MS, statementMs),
  };
}
