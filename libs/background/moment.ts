import { performance } from 'node:perf_hooks';

/**
 * A moment on both clocks of this machine. Neither is enough to measure how long something has been held: the wall
 * clock can be set back, and on Linux the monotonic clock stops while the machine sleeps.
 */
export interface Moment {
  monotonicMs: number;
  wallMs: number;
}

export function currentMoment(): Moment {
  return { monotonicMs: performance.now(), wallMs: Date.now() };
}

/** Milliseconds since a moment, by the clock on which more time has passed: giving up too early costs only a repetition. */
export function elapsedSince(moment: Moment): number {
  const now = currentMoment();
  return Math.max(now.monotonicMs - moment.monotonicMs, now.wallMs - moment.wallMs);
}
