const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** Longest pause that an API server can ask for; longer ones are cut to this. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * Pause before the next attempt, in ms: doubled each time, and never shorter than the API server asked for.
 * @param failureCount consecutive passes that ended in an error, including this one
 * @param retryAfterMs pause that the API server asked for; null if it did not
 */
export function retryPauseMs(failureCount: number, retryAfterMs: number | null): number {
  const pauseMs = jittered(Math.min(FIRST_RETRY_MS * 2 ** (failureCount - 1), LONGEST_RETRY_MS));
  if (retryAfterMs === null) return pauseMs;
  const askedFor = Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS);
  return Math.max(pauseMs, Math.round(askedFor * (1 + 0.2 * Math.random())));
}

const FIRST_LOOK_MS = 500;
/** An API server ends requests that take longer (`--request-timeout`). */
const LONGEST_REQUEST_MS = 60_000;

/**
 * Pause before a tenant that is cut off is looked at again, in ms; null: as any other. Requests that were admitted just
 * before the cut-off can be stored after the last look at what they gave, for as long as a request can take.
 * @param ageMs how long it has been cut off
 */
export function lookAgainMs(ageMs: number): number | null {
  return ageMs > LONGEST_REQUEST_MS ? null : Math.max(FIRST_LOOK_MS, 3 * ageMs);
}

/** Adds ± 20 %, so that tenants that failed together do not come back together. */
export function jittered(ms: number): number {
  return Math.round(ms * (0.8 + 0.4 * Math.random()));
}
