import { KubeError, KubeUnreachable } from '#kube';
import { classify } from '#problems';

import { GatekeeperRefused } from './policy-changes.js';

/** How often a policy is compared with the clusters when nothing changed. */
const RESYNC_MS = 60_000;
/** When a cluster that does not answer is tried again. */
const RETRY_MS = 2_000;

/** The result of enforcing a policy. */
export interface Outcome {
  state: 'in-force' | 'failed' | 'pending';
  message: string | null;
  checkInMs: number;
}

export const IN_FORCE: Outcome = { state: 'in-force', message: null, checkInMs: RESYNC_MS };

/** Reports whether an error is one of a cluster, whose message is fit for a caller of the API. */
export function isClusterError(error: unknown): error is Error {
  return error instanceof KubeError || error instanceof KubeUnreachable || error instanceof GatekeeperRefused;
}

/** The outcome of a policy that could not be enforced. */
export function failureOf(error: unknown): Outcome {
  const message = isClusterError(error) ? error.message : 'Internal error; the log of the worker has it.';
  return isClusterError(error) && classify(error).class === 'final'
    ? { state: 'failed', message, checkInMs: RESYNC_MS }
    : { state: 'pending', message, checkInMs: RETRY_MS };
}

/**
 * The outcome over all clusters. A policy is in force only when it is in force on all of them.
 * @param outcomes by the names of the clusters
 */
export function combined(outcomes: ReadonlyMap<string, Outcome>): Outcome {
  const notInForce = [...outcomes].filter(([, { state }]) => state !== 'in-force');
  if (notInForce.length === 0) return IN_FORCE;
  const messageOf = ([name, { message }]: [string, Outcome]): string =>
    outcomes.size === 1 ? (message ?? '') : `Cluster "${name}": ${message ?? ''}`;
  return {
    state: notInForce.some(([, { state }]) => state === 'failed') ? 'failed' : 'pending',
    message: notInForce.map(messageOf).join(' '),
    checkInMs: Math.min(...notInForce.map(([, { checkInMs }]) => checkInMs)),
  };
}
