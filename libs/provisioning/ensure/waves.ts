import { ACCESS_QUOTA_NAME, type KubernetesObject } from '#isolation';
import { isWorkloadKind } from '#kube';

import { type Repair } from './examine.js';

/**
 * The order in which objects are applied, so that a tenant is never open, not even for a second:
 * namespaces, then everything that restricts, then what gives access, then the workloads: what they use
 * before what uses it. A quota that counts objects is the last of its wave, because the API server refuses counted
 * objects until it has counted once ("status unknown for quota"). What is sent together with it is ahead of the count
 * nearly always; what is not is tried again.
 *
 * Quotas that stand are changed before new ones are made: another environment makes the shares of the others smaller,
 * and all of them together must never be more than the plan.
 */
export function wavesOf(repairs: readonly Repair[]): Repair[][] {
  const waves: Repair[][] = [[], [], [], [], [], []];
  const countsLast = repairs.toSorted((a, b) => Number(counts(a.object)) - Number(counts(b.object)));
  for (const repair of countsLast) waves[waveOf(repair)]?.push(repair);
  return waves.filter((wave) => wave.length > 0);
}

function waveOf({ object, write }: Repair): number {
  switch (object.kind) {
    case 'Namespace':
      return 0;
    case 'ResourceQuota':
      if (object.metadata.name === ACCESS_QUOTA_NAME) return 3;
      return write === 'create' ? 2 : 1;
    case 'LimitRange':
    case 'NetworkPolicy':
    case 'ServiceAccount':
      return 2;
    case 'ConfigMap':
    case 'PersistentVolumeClaim':
    case 'Service':
      return 4;
    default:
      return isWorkloadKind(object.kind) ? 5 : 3;
  }
}

/** Whether it is a quota that counts objects; one with a scope counts pods alone. */
function counts(object: KubernetesObject): boolean {
  const spec = object['spec'] as { scopeSelector?: unknown } | undefined;
  return object.kind === 'ResourceQuota' && spec?.scopeSelector === undefined;
}

/**
 * Whether an object that is no longer rendered opens a way to the tenant or out of it, and so has to go before anything
 * else happens. A network policy that allows also isolates the pods that it selects, so in a namespace whose own
 * policies have to be repaired it stays until they are.
 */
export function opensWay(repairs: readonly Repair[]): (object: Pick<KubernetesObject, 'kind' | 'metadata'>) => boolean {
  const unsafe = repairs.filter(({ object }) => object.kind === 'NetworkPolicy').map(({ object }) => object.metadata);
  return ({ kind, metadata }) =>
    givesAccess(kind) ||
    (kind === 'NetworkPolicy' && !unsafe.some(({ namespace }) => namespace === metadata.namespace));
}

/** Whether an object of this kind gives somebody access. Access is taken away before anything else is given. */
export function givesAccess(kind: string): boolean {
  return kind === 'RoleBinding';
}
