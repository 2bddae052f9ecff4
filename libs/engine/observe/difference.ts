import { type KubernetesObject } from '#isolation';
import { type CachedObject, hashOf, isWorkloadKind, nameOf, objectName } from '#kube';

import { type InventoryEntry } from '../lease/leased-tenant.js';

/** One object that is not known to be as it should be. */
export interface Suspect {
  object: KubernetesObject;
  /**
   * `new`: it was never applied and nothing of the tenant has its name. `outgrown`: it stands as it was applied,
   * and is rendered otherwise now. `touched`: it must be read.
   */
  why: 'new' | 'outgrown' | 'touched';
}

/** What a look at the cache cannot vouch for. */
export interface Difference {
  suspects: Suspect[];
  /** Standing with the tenant's label, and not rendered. */
  unexpected: CachedObject[];
  /** Applied once, and no longer rendered: whether they stand or not, they leave the inventory. */
  forget: InventoryEntry[];
}

/**
 * Compares what is rendered with what earlier passes saw and with the metadata of what stands. An object is as it
 * should be when it is rendered as it was applied, and nobody has written to it since it was seen so. Pure.
 * @param standing objects that carry the tenant's label, by `objectName`
 */
export function difference(
  rendered: readonly KubernetesObject[],
  inventory: readonly InventoryEntry[],
  standing: ReadonlyMap<string, CachedObject>,
): Difference {
  const applied = new Map(inventory.map((entry) => [objectName(entry), entry]));
  const wanted = new Set(rendered.map(nameOf));
  const suspects = rendered.flatMap((object): Suspect[] => {
    const [entry, found] = [applied.get(nameOf(object)), standing.get(nameOf(object))];
    if (entry === undefined && found === undefined) return [{ object, why: 'new' }];
    if (entry === undefined || !isUntouched(entry, found)) return [{ object, why: 'touched' }];
    return entry.renderedHash === hashOf(object) ? [] : [{ object, why: 'outgrown' }];
  });
  return {
    suspects,
    unexpected: [...standing].filter(([name]) => !wanted.has(name)).map(([, object]) => object),
    forget: inventory.filter((entry) => !wanted.has(objectName(entry))),
  };
}

/**
 * Those of the objects with a tenant's label that are in its namespaces, or are those. Anybody can write a label: what
 * carries it anywhere else is not the tenant's, and is never touched. Pure.
 * @param namespaces names of the tenant's namespaces
 */
export function within(
  namespaces: Iterable<string>,
  labelled: ReadonlyMap<string, CachedObject>,
): Map<string, CachedObject> {
  const own = new Set(namespaces);
  const isWithin = ({ kind, namespace, name }: CachedObject): boolean =>
    own.has(kind === 'Namespace' ? name : namespace);
  return new Map([...labelled].filter(([, object]) => isWithin(object)));
}

/**
 * Whether all that was applied stands untouched, and nothing else with the tenant's label. Says nothing about workloads,
 * which no cache has: the worker may not watch them. Pure.
 */
export function isAsApplied(
  inventory: readonly InventoryEntry[],
  labelled: ReadonlyMap<string, CachedObject>,
): boolean {
  const watched = inventory.filter(({ kind }) => !isWorkloadKind(kind));
  const namespaces = watched.filter(({ kind }) => kind === 'Namespace').map(({ name }) => name);
  const standing = within(namespaces, labelled);
  return (
    watched.length === standing.size && watched.every((entry) => isUntouched(entry, standing.get(objectName(entry))))
  );
}

function isUntouched(entry: InventoryEntry, found: CachedObject | undefined): boolean {
  return found !== undefined && found.uid === entry.uid && found.fingerprint === entry.fingerprint;
}
