import { setTimeout as pause } from 'node:timers/promises';

/**
 * Does something again while it fails in a way that passes by itself within moments, where ending the pass and coming
 * back would take a second.
 * @param pausesMs pauses before each further attempt, in milliseconds
 * @param passes whether an error is of that kind; any other is thrown at once
 */
export async function withPatience<T>(
  pausesMs: readonly number[],
  passes: (error: unknown) => boolean,
  work: () => Promise<T>,
): Promise<T> {
  for (const ms of pausesMs) {
    try {
      return await work();
    } catch (error) {
      if (!passes(error)) throw error;
    }
    await pause(ms);
  }
  return work();
}
