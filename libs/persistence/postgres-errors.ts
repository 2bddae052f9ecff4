import { QueryFailedError } from 'typeorm';

import { type Transaction } from './transactions.js';

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

/**
 * Rolls back what a transaction did so far, and lets it read on over the same connection: after an error Postgres takes
 * no statement in it, and a second connection must not be waited for while holding one (docs/adr/0036). The caller must
 * throw afterwards.
 */
export async function abandon({ manager }: Transaction): Promise<void> {
  await manager.query('ROLLBACK AND CHAIN');
}
