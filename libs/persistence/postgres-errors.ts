import { QueryFailedError, QueryRunnerAlreadyReleasedError } from 'typeorm';

interface PostgresError {
  code?: string;
  constraint?: string;
}

/** Returns the name of the unique constraint or index that a query violated (SQLSTATE 23505); null for other errors. */
export function violatedUnique(error: unknown): string | null {
  if (!(error instanceof QueryFailedError)) return null;
  const { code, constraint } = error.driverError as PostgresError;
  return code === '23505' && constraint !== undefined ? constraint : null;
}

// 08*: connection exception, 57P0x: shut down or starting, 53300: too many connections, 25P03: idle in a transaction
// for too long.
const connectionCodes = /^(08...|57P0.|53300|25P03|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE)$/;
/** Messages of `pg` errors that have no code. */
const connectionMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client (has encountered a conn|was closed))/;

/** Reports whether the database was unreachable, as opposed to refusing a statement. */
export function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // TypeORM releases a broken connection of a transaction, so the next statement of the transaction finds none.
  if (error instanceof QueryRunnerAlreadyReleasedError) return true;
  const {
    code = '',
    driverError,
    errors = [],
  } = error as Error & {
    code?: string;
    driverError?: unknown;
    errors?: unknown[];
  };
  if (connectionCodes.test(code) || connectionMessages.test(error.message)) return true;
  return [error.cause, driverError, ...errors].some((inner) => inner !== error && isConnectionFailure(inner));
}

/**
 * Reports whether the database refused a text that it cannot store: one with a NUL character (SQLSTATE 22021 in text,
 * 22P05 in jsonb) or an unpaired surrogate (22P02 in jsonb).
 */
export function isUnstorableText(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { code = '' } = error.driverError as PostgresError;
  return ['22021', '22P05', '22P02'].includes(code);
}
