import type { Supervisor } from './processes.mjs';

export interface PostgresOptions {
  /** Folder for everything of this Postgres. Another start on it keeps data, password and port. */
  dir: string;
  /** A fixed port; by default that of the last start if it is free, otherwise any. */
  port?: number;
  /** Do not wait for the disk: for data that is not needed after a crash. */
  throwaway?: boolean;
  /** The folder for `postgres.log`; `dir` by default. */
  logDir?: string;
  /** Ends the process; a new one by default. */
  supervisor?: Supervisor;
}

export interface Postgres {
  /** The URL of the database `postgres`, as superuser. */
  url: string;
  /** Returns the URL of a database. */
  urlOf(database: string): string;
  port: number;
  pid: number;
  /** Creates a database if it is absent and resolves to its URL. */
  ensureDatabase(database: string): Promise<string>;
  /** Stops Postgres and waits. */
  stop(): Promise<void>;
}

/** Starts the embedded Postgres, creating its data first if the folder is empty. */
export function startPostgres(options: PostgresOptions): Promise<Postgres>;
