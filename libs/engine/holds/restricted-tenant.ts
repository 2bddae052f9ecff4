import { type Restriction } from '#isolation';

import { type Restricted } from '../pass/outcome.js';

/** Objects that a message names; an operation has to be readable. */
const MOST_NAMES = 5;

/** What holds could not take from a tenant. */
export interface Kept {
  /** `namespace/name` of pods that still run because they take their time to end. */
  endingPods: readonly string[];
  /** Bindings that the worker has no right to change. */
  access: readonly string[];
}

/**
 * What its holds mean for the users of a tenant that matches its desired state; null if the tenant can be used.
 */
export function restrictedBy({ suspended, quarantined }: Restriction, kept: Kept): Restricted | null {
  if (quarantined) {
    const workloads = suspended ? 'its workloads are scaled to zero' : 'its workloads keep running';
    const message = `The tenant is quarantined: no access, no traffic in or out; ${workloads}.${about(kept)}`;
    return { reason: 'Quarantined', message };
  }
  if (!suspended) return null;
  const message = `The tenant is suspended: no workloads, no access, no traffic; its data is kept.${about(kept)}`;
  return { reason: 'Suspended', message };
}

function about({ endingPods, access }: Kept): string {
  const pods = endingPods.length === 0 ? '' : ` Pods that are still ending: ${named(endingPods)}.`;
  const bindings = access.length === 0 ? '' : ` Access that only an administrator can withdraw: ${named(access)}.`;
  return pods + bindings;
}

function named(names: readonly string[]): string {
  const first = [...names].sort().slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${first}, and ${names.length - MOST_NAMES} more` : first;
}
