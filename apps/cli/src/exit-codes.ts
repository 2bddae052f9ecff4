import { BulkheadError, OperationTimeoutError } from '#client';

/** What a command ends with. From 64 on they are those of BSD's sysexits(3). */
export const exitCodes = {
  done: 0,
  /** The API refused the request, or the operation failed. */
  refused: 1,
  /** `bulkhead diff` found differences. */
  different: 2,
  /** The command line is wrong. */
  usage: 64,
  /** The API cannot be reached. */
  unavailable: 69,
  /** The change was accepted and is still being carried out. */
  unfinished: 75,
  /** The credential is not valid, or may not do this. */
  forbidden: 77,
} as const;

/** A mistake in the command line, in words for the user. */
export class UsageError extends Error {}

/** Returns the code that an error ends the program with. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof OperationTimeoutError) return exitCodes.unfinished;
  if (!(error instanceof BulkheadError)) return isConnectionError(error) ? exitCodes.unavailable : exitCodes.refused;
  if (error.status === 401 || error.status === 403) return exitCodes.forbidden;
  return error.status >= 500 ? exitCodes.unavailable : exitCodes.refused;
}

/** Returns the lines that tell a user about an error; never a stack trace. */
export function messageOf(error: unknown): string {
  if (isConnectionError(error)) {
    const { cause } = error as Error;
    return `The API cannot be reached: ${cause instanceof Error ? cause.message : (error as Error).message}`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** `fetch` reports every failure of a connection as a TypeError with the reason in `cause`. */
function isConnectionError(error: unknown): boolean {
  return error instanceof TypeError && error.cause !== undefined;
}
