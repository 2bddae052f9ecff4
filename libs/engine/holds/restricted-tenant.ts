import { type Restriction } from '#isolation';

import { type Restricted } from '../pass/outcome.js';

/** Pods that a message names; an operation has to be readable. */
const MOST_NAMES = 5;

/**
 * What its holds mean for the users of a tenant that matches its desired state; null if the tenant can be used.
 * @param lonePods `namespace/name` of pods that a suspension keeps, because no controller would recreate them
 */
export function restrictedBy({ suspended, quarantined }: Restriction, lonePods: readonly string[]): Restricted | null {
  if (quarantined) {
    const workloads = suspended ? 'its workloads are scaled to zero' : 'its workloads keep running';
    const message = `The tenant is quarantined: no access, no traffic in or out; ${workloads}.${about(lonePods)}`;
    return { reason: 'Quarantined', message };
  }
  if (!suspended) return null;
  const message = `The tenant is suspended: no workloads, no access, no traffic; its data is kept.${about(lonePods)}`;
  return { reason: 'Suspended', message };
}

function about(lonePods: readonly string[]): string {
  if (lonePods.length === 0) return '';
  const names = [...lonePods].sort().slice(0, MOST_NAMES).join(', ');
  const more = lonePods.length > MOST_NAMES ? `, and ${lonePods.length - MOST_NAMES} more` : '';
  return ` Pods that no controller would recreate still run: ${names}${more}.`;
}
