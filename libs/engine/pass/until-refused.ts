import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import { type KubernetesObject, PROVER } from '#isolation';

import { type Pass } from './pass.js';

/** An API server learns of a changed namespace within milliseconds. */
const LOOK_MS = 10;
const MOST_WAIT_MS = 5_000;
/** A policy that somebody wrote can refuse the canary before the baseline does: then nobody is told why. */
const OTHER_REFUSALS_MS = 500;
/** When a pass that waited in vain looks again. */
export const REFUSAL_RECHECK_MS = 2_000;

/**
 * Waits until the API server acts on a namespace that was written just now.
 * @param canary is refused from then on; it is only ever tried
 * @param isRefusal recognizes that refusal
 * @returns false if the API server does not act on it in time
 * @throws LeaseLost
 */
export async function untilRefused(
  { kube, keeper }: Pick<Pass, 'kube' | 'keeper'>,
  canary: KubernetesObject,
  isRefusal: (message: string) => boolean,
): Promise<boolean> {
  const start = performance.now();
  for (;;) {
    keeper.assertHeld();
    const refusal = await kube.refusalOf(canary, PROVER);
    const waitedMs = performance.now() - start;
    if (refusal !== null && (isRefusal(refusal) || waitedMs > OTHER_REFUSALS_MS)) return true;
    if (waitedMs > MOST_WAIT_MS) return false;
    await delay(LOOK_MS);
  }
}
