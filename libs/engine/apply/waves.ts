import { ACCESS_QUOTA_NAME, type KubernetesObject } from '#isolation';

import { type Repair } from '../observe/examine.js';
import { orderOf, waves } from './kind-order.js';
import { isMeshGuard, restrictsMesh } from './mesh-order.js';

/**
 * Sorts repairs into waves, so that a tenant is never open, not even for a second: namespaces, then everything that
 * restricts, then what gives access, then the workloads, dependencies first. A quota that counts objects comes last in
 * its wave, because the API server refuses counted objects until it has counted once ("status unknown for quota").
 * Objects sent together with it nearly always get ahead of the count; the others are tried again.
 *
 * Existing quotas are changed before new ones are created: another environment shrinks the shares of the others, and
 * their sum must never exceed the plan. And objects that give access and open traffic need room in a namespace whose
 * tenant uses all of its own.
 *
 * An existing namespace that joins another mesh changes after everything that restricts in that mesh: its labels put
 * running pods into the mesh at once.
 */
export function wavesOf(repairs: readonly Repair[]): Repair[][] {
  const sorted: Repair[][] = Object.values(waves).map(() => []);
  const countingLast = repairs.toSorted((a, b) => Number(countsObjects(a.object)) - Number(countsObjects(b.object)));
  const joining = new Set(
    repairs
      .filter(({ object, write }) => write === 'create' && restrictsMesh(object))
      .map(({ object }) => object.metadata.namespace),
  );
  for (const repair of countingLast) {
    const { object, write } = repair;
    const isLate = object.kind === 'Namespace' && write !== 'create' && joining.has(object.metadata.name);
    sorted[isLate ? waves.joiningNamespaces : waveOf(repair)]?.push(repair);
  }
  return sorted.filter((wave) => wave.length > 0);
}

function waveOf({ object, write }: Pick<Repair, 'object' | 'write'>): number {
  if (object.kind === 'ResourceQuota') {
    if (write !== 'create') return waves.changedQuotas;
    return object.metadata.name === ACCESS_QUOTA_NAME ? waves.openings : waves.restrictions;
  }
  return restrictsMesh(object) ? waves.restrictions : orderOf(object.kind).wave;
}

/** Reports whether a repair belongs to the waves before anything opens. */
export function restricts(repair: Pick<Repair, 'object' | 'write'>): boolean {
  return waveOf(repair) <= waves.joiningNamespaces;
}

/** Reports whether an object is a quota that counts objects; one with a scope counts only pods. */
function countsObjects(object: KubernetesObject): boolean {
  const spec = object['spec'] as { scopeSelector?: unknown } | undefined;
  return object.kind === 'ResourceQuota' && spec?.scopeSelector === undefined;
}

/**
 * Returns a test of whether an object that is no longer rendered opens traffic or access, and so has to be removed
 * before anything else happens. A policy that allows, of the network or of a mesh, also closes the pods it selects to
 * everything else, so in a namespace whose own policies of that API group need repair it is kept until they are
 * repaired. That includes a policy that takes its place: what both allow is never interrupted.
 */
export function opens(repairs: readonly Repair[]): (object: Removed) => boolean {
  const unsafe = new Set(
    repairs
      .filter(({ object }) => object.kind === 'NetworkPolicy' || restrictsMesh(object))
      .map(({ object }) => groupAndNamespace(object)),
  );
  return (object) => {
    if (givesAccess(object.kind)) return true;
    const { effect } = orderOf(object.kind);
    const allows = effect === 'allows' || (effect === 'by-name' && !restrictsMesh(object));
    return allows && !unsafe.has(groupAndNamespace(object));
  };
}

type Removed = Pick<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'>;

function groupAndNamespace({ apiVersion, metadata }: Removed): string {
  return `${apiVersion.split('/')[0] ?? ''} ${metadata.namespace ?? ''}`;
}

/**
 * Groups objects that are no longer rendered and open nothing, in the order of their removal: objects that restrict in
 * a mesh after all others, and of those the guards last.
 */
export function removalOrder<T extends Removed>(objects: readonly T[]): T[][] {
  const rankOf = (object: T): number => (isMeshGuard(object) ? 2 : restrictsMesh(object) ? 1 : 0);
  return [0, 1, 2]
    .map((rank) => objects.filter((object) => rankOf(object) === rank))
    .filter((group) => group.length > 0);
}

/** Reports whether objects of this kind give access. Access is withdrawn before anything else is granted. */
export function givesAccess(kind: string): boolean {
  return orderOf(kind).effect === 'gives-access';
}
