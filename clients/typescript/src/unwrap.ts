import { BulkheadError } from './errors.js';
import { type Problem } from './openapi.js';

/** What a method of the client resolves to. */
export interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/**
 * Returns the body of a successful answer.
 * @throws BulkheadError if the API refused the request
 */
export async function unwrap<T>(outcome: Promise<Outcome<T>> | Outcome<T>): Promise<T> {
  const { data, error, response } = await outcome;
  if (!response.ok) throw new BulkheadError(response.status, asProblem(error));
  // Without a body (204), T has no value either.
  return data as T;
}

/** Returns the entity tag of an answer for `If-Match`, so that a change is refused if somebody else made one since. */
export function etagOf(response: Response): string {
  const etag = response.headers.get('etag');
  if (etag === null) throw new Error('The answer has no ETag.');
  return etag;
}

function asProblem(error: unknown): Problem | null {
  const isProblem = typeof error === 'object' && error !== null && 'code' in error && 'title' in error;
  return isProblem ? (error as Problem) : null;
}
