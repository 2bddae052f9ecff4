import { setTimeout as pause } from 'node:timers/promises';

/**
 * Polls until the result is neither undefined nor false, and returns it.
 * @throws when the time is up, with the last error as its cause
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await pause(50);
  }
  throw new Error(`${what}: not within ${timeoutMs} ms`, { cause: last });
}
