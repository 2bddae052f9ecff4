import { QueryFailedError } from 'typeorm';

interface PostgresError {
  code?: string;
  constraint?: string;
}

/** The name of the unique constraint or index that a query violated (SQLSTATE 23505); null for other errors. */
export function violatedUnique(error: unknown): string | null {
  if (!(error instanceof QueryFailedError)) return null;
  const { code, constraint } = error.driverError as PostgresError;
  return code === '23505' && constraint !== undefined ? constraint : null;
}

/** Whether the database could not be reached, as opposed to having refused a statement. */
export function isConnectionFailure(error: unknown): boolean {
  const code = (error as PostgresError | null)?.code ?? (error as { cause?: PostgresError } | null)?.cause?.code ?? '';
  // 08*: connection exception, 57P0x: shut down or starting, 53300: too many connections.
  return (
    /^(08|57P0|53300)/.test(code) || ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EPIPE'].includes(code)
  );
}

/**
 * Whether the database refused a text that it cannot hold: a NUL character (SQLSTATE 22021 in text, 22P05 in jsonb) or
 * half of a surrogate pair (22P02 in jsonb).
 */
export function isUnstorableText(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { code = '' } = error.driverError as PostgresError;
  return ['22021', '22P05', '22P02'].includes(code);
}
