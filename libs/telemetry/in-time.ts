import { setTimeout as pause } from 'node:timers/promises';

/** Probes rarely have a longer timeout. */
const PATIENCE_MS = 2_000;

/** Awaits work with a time limit. @throws if it takes longer than two seconds; the work continues */
export async function inTime<T>(work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const slow = pause(PATIENCE_MS, undefined, { ref: false, signal: over.signal }).then(() => {
    throw new Error(`no answer within ${PATIENCE_MS} ms`);
  });
  try {
    return await Promise.race([work, slow]);
  } finally {
    // The race is decided; ignore a late error.
    slow.catch(() => undefined);
    over.abort();
  }
}
