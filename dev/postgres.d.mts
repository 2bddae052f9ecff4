import type { Supervisor } from './processes.mjs';

export interface PostgresOptions {
  /** Folder for everything of this Postgres. Starting again on it keeps data, password and port. */
  dir: string;
  /** A fixed port; by default that of the last start while it is free, otherwise any. */
  port?: number;
  /** Do not wait for the disk: for data that nobody needs after a crash. */
  throwaway?: boolean;
  /** Where `postgres.log` goes; `dir` by default. */
  logDir?: string;
  /** Who ends the process; by default one of its own. */
  supervisor?: Supervisor;
}

export interface Postgres {
  /** The address of the database `postgres`, as superuser. */
  url: string;
  /** The address of a database. */
  urlOf(database: string): string;
  port: number;
  pid: number;
  /** Creates a database when it is absent and answers its address. */
  ensureDatabase(database: string): Promise<string>;
  /** Stops Postgres and waits. */
  stop(): Promise<void>;
}

/** Starts the embedded Postgres, creating its data first when the folder is empty. */
export function startPostgres(options: PostgresOptions): Promise<Postgres>;
