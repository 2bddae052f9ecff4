import { ACCESS_QUOTA_NAME, type KubernetesObject } from '#isolation';
import { isMeshKind, isWorkloadKind } from '#kube';

import { type Repair } from '../observe/examine.js';
import { closesMesh, isMeshGuard } from './mesh-order.js';

/**
 * The order in which objects are applied, so that a tenant is never open, not even for a second:
 * namespaces, then everything that restricts, then what gives access, then the workloads: what they use
 * before what uses it. A quota that counts objects is the last of its wave, because the API server refuses counted
 * objects until it has counted once ("status unknown for quota"). What is sent together with it is ahead of the count
 * nearly always; what is not is tried again.
 *
 * Quotas that stand are changed before new ones are made: another environment makes the shares of the others smaller,
 * and all of them together must never be more than the plan. And what gives access and opens ways needs its room in a
 * namespace whose tenant uses all of its own.
 *
 * A namespace that stands and gets another mesh changes after all that restricts in that mesh: its labels put running
 * pods into it at once.
 */
export function wavesOf(repairs: readonly Repair[]): Repair[][] {
  const waves: Repair[][] = [[], [], [], [], [], [], []];
  const countsLast = repairs.toSorted((a, b) => Number(counts(a.object)) - Number(counts(b.object)));
  const joining = new Set(
    repairs
      .filter(({ object, write }) => write === 'create' && closesMesh(object))
      .map(({ object }) => object.metadata.namespace),
  );
  for (const repair of countsLast) {
    const { object, write } = repair;
    const isLate = object.kind === 'Namespace' && write !== 'create' && joining.has(object.metadata.name);
    waves[isLate ? LAST_THAT_RESTRICTS : waveOf(repair)]?.push(repair);
  }
  return waves.filter((wave) => wave.length > 0);
}

/** The wave after which the tenant is as closed as it is to be. */
const LAST_THAT_RESTRICTS = 3;

function waveOf({ object, write }: Pick<Repair, 'object' | 'write'>): number {
  switch (object.kind) {
    case 'Namespace':
      return 0;
    case 'ResourceQuota':
      if (write !== 'create') return 1;
      return object.metadata.name === ACCESS_QUOTA_NAME ? 4 : 2;
    case 'LimitRange':
    case 'NetworkPolicy':
    case 'ServiceAccount':
      return 2;
    case 'ConfigMap':
    case 'PersistentVolumeClaim':
    case 'Service':
      return 5;
    default:
      if (closesMesh(object)) return 2;
      return isWorkloadKind(object.kind) ? 6 : 4;
  }
}

/** Whether a repair is of those that come before anything opens. */
export function restricts(repair: Pick<Repair, 'object' | 'write'>): boolean {
  return waveOf(repair) <= LAST_THAT_RESTRICTS;
}

/** Whether it is a quota that counts objects; one with a scope counts pods alone. */
function counts(object: KubernetesObject): boolean {
  const spec = object['spec'] as { scopeSelector?: unknown } | undefined;
  return object.kind === 'ResourceQuota' && spec?.scopeSelector === undefined;
}

/**
 * Whether an object that is no longer rendered opens a way to the tenant or out of it, and so has to go before anything
 * else happens. A policy that allows, of the network or of a mesh, also closes the pods that it selects to all others,
 * so in a namespace whose own policies of that group have to be repaired it stays until they are.
 */
export function opensWay(repairs: readonly Repair[]): (object: Removed) => boolean {
  const unsafe = new Set(
    repairs
      .filter(({ object }) => object.kind === 'NetworkPolicy' || closesMesh(object))
      .map(({ object }) => placeOf(object)),
  );
  return (object) => {
    if (givesAccess(object.kind)) return true;
    const opens = object.kind === 'NetworkPolicy' || (isMeshKind(object.kind) && !closesMesh(object));
    return opens && !unsafe.has(placeOf(object));
  };
}

type Removed = Pick<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'>;

function placeOf({ apiVersion, metadata }: Removed): string {
  return `${apiVersion.split('/')[0] ?? ''} ${metadata.namespace ?? ''}`;
}

/**
 * The order in which objects go that are no longer rendered and open no way: what closes in a mesh after all else, and
 * of that the guards last.
 */
export function removalOrder<T extends Removed>(objects: readonly T[]): T[][] {
  const rank = (object: T): number => (isMeshGuard(object) ? 2 : closesMesh(object) ? 1 : 0);
  return [0, 1, 2]
    .map((wanted) => objects.filter((object) => rank(object) === wanted))
    .filter((group) => group.length > 0);
}

/** Whether an object of this kind gives somebody access. Access is taken away before anything else is given. */
export function givesAccess(kind: string): boolean {
  return kind === 'RoleBinding';
}
