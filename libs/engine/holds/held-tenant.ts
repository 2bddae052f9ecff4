import { type Restriction } from '#isolation';
import { type TenantPhase } from '#tenancy';

import { type Outcome } from '../pass/outcome.js';

/** The phase of a tenant that is as wanted. */
export function phaseOf({ suspended, quarantined }: Restriction): TenantPhase {
  if (quarantined) return 'quarantined';
  return suspended ? 'suspended' : 'active';
}

/** Names of pods that a message repeats; an operation has to be readable. */
const MOST_NAMES = 5;

/**
 * The end of a pass over a tenant that is as wanted, with what its holds mean for who wants to use it.
 * @param lonePods `namespace/name` of pods that a suspension leaves, because nothing would bring them back.
 */
export function settledUnder({ suspended, quarantined }: Restriction, lonePods: readonly string[]): Outcome {
  if (quarantined) {
    const workloads = suspended ? 'its workloads are down' : 'its workloads run';
    const message = `The tenant is quarantined: no access, no traffic in or out; ${workloads}.${about(lonePods)}`;
    return { kind: 'settled', restricted: { reason: 'Quarantined', message } };
  }
  if (!suspended) return { kind: 'settled' };
  const message = `The tenant is suspended: workloads down, no access, no traffic; its data is kept.${about(lonePods)}`;
  return { kind: 'settled', restricted: { reason: 'Suspended', message } };
}

function about(lonePods: readonly string[]): string {
  if (lonePods.length === 0) return '';
  const names = [...lonePods].sort().slice(0, MOST_NAMES).join(', ');
  const more = lonePods.length > MOST_NAMES ? `, and ${lonePods.length - MOST_NAMES} more` : '';
  return ` Pods that no controller would make again still run: ${names}${more}.`;
}
