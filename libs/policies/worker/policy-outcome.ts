import { KubeError, KubeUnreachable } from '#kube';
import { classify } from '#problems';

import { ClaimEnded } from './claim-keeper.js';
import { GatekeeperRefused, PolicyWaits } from './policy-changes.js';

/** How often a policy is compared with the clusters when nothing changed. */
const RESYNC_MS = 60_000;
/** When a cluster that does not answer is tried again. */
const RETRY_MS = 2_000;
/** When a policy that waits for Gatekeeper or the API server is continued. */
const WAIT_MS = 1_000;
/** When a policy that was refused is tried again: an API server that has just started refuses what it accepts later. */
const REFUSED_MS = 15_000;

/** The result of enforcing a policy. */
export interface Outcome {
  state: 'in-force' | 'failed' | 'pending';
  message: string | null;
  checkInMs: number;
}

export const IN_FORCE: Outcome = { state: 'in-force', message: null, checkInMs: RESYNC_MS };

/** Reports whether an error is one of a cluster, whose message is fit for a caller of the API. */
export function isClusterError(error: unknown): error is Error {
  const known = [KubeError, KubeUnreachable, GatekeeperRefused, PolicyWaits, ClaimEnded];
  return known.some((each) => error instanceof each);
}

/** The outcome of a policy that could not be enforced. */
export function failureOf(error: unknown): Outcome {
  const message = isClusterError(error) ? error.message : 'Internal error; the log of the worker has it.';
  if (isClusterError(error) && classify(error).class === 'final') {
    return { state: 'failed', message, checkInMs: REFUSED_MS };
  }
  return { state: 'pending', message, checkInMs: error instanceof PolicyWaits ? WAIT_MS : RETRY_MS };
}

/**
 * The outcome over all clusters. A policy is in force only when it is in force on all of them.
 * @param outcomes by the names of the clusters
 * @param unused names of clusters to which it cannot be applied, and which have no tenants
 */
export function combined(outcomes: ReadonlyMap<string, Outcome>, unused: readonly string[]): Outcome {
  const notInForce = [...outcomes].filter(([, { state }]) => state !== 'in-force');
  const messageOf = ([name, { message }]: [string, Outcome]): string =>
    outcomes.size === 1 ? (message ?? '') : `Cluster "${name}": ${message ?? ''}`;
  if (notInForce.length === 0) {
    const notes = [...outcomes].filter(([, { message }]) => message !== null).map(messageOf);
    const all = [...notes, aboutUnused(unused)].filter((note) => note !== null);
    return { ...IN_FORCE, message: all.length === 0 ? null : all.join(' ') };
  }
  return {
    state: notInForce.some(([, { state }]) => state === 'failed') ? 'failed' : 'pending',
    message: notInForce.map(messageOf).join(' '),
    checkInMs: Math.min(...notInForce.map(([, { checkInMs }]) => checkInMs)),
  };
}

function aboutUnused(names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const clusters = names.map((name) => `"${name}"`).join(', ');
  return `Not applied to clusters without tenants that workers have no connection to: ${clusters}.`;
}
