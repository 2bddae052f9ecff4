import { QueryFailedError } from 'typeorm';

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
