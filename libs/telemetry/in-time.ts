import { setTimeout as pause } from 'node:timers/promises';

/** What asks how a process is has seldom more patience. */
const PATIENCE_MS = 2_000;

/** The result of work that somebody waits for. @throws when it takes longer than two seconds; the work goes on */
export async function inTime<T>(work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const slow = pause(PATIENCE_MS, undefined, { ref: false, signal: over.signal }).then(() => {
    throw new Error(`no answer within ${PATIENCE_MS} ms`);
  });
  try {
    return await Promise.race([work, slow]);
  } finally {
    // The race has been decided; its loser is nobody's business.
    slow.catch(() => undefined);
    over.abort();
  }
}
