import { type KubernetesObject } from '#isolation';
import { type CachedObject, hashOf, isWorkloadKind, nameOf, type ObjectKey, objectName } from '#kube';

import { type InventoryEntry } from '../lease/leased-tenant.js';

/** One rendered object that is not known to match. */
export interface Suspect {
  object: KubernetesObject;
  /**
   * `new`: it was never applied, and no object of the tenant has its name. `outgrown`: it is as it was applied, but is
   * rendered differently now. `touched`: it must be read.
   */
  why: 'new' | 'outgrown' | 'touched';
}

/** Everything that the inventory and the cache cannot confirm. */
export interface Difference {
  suspects: Suspect[];
  /** Objects with the tenant's label that are not rendered. */
  unexpected: CachedObject[];
  /** Objects that were applied and are no longer rendered: they leave the inventory whether or not they exist. */
  forget: InventoryEntry[];
}

/**
 * Compares the rendered objects with the inventory and the metadata of existing objects. An object matches if it is
 * rendered as it was applied, and has not been written to since it was last seen to match. Pure.
 * @param existing objects with the tenant's label, by `objectName`
 */
export function difference(
  rendered: readonly KubernetesObject[],
  inventory: readonly InventoryEntry[],
  existing: ReadonlyMap<string, CachedObject>,
): Difference {
  const applied = new Map(inventory.map((entry) => [objectName(entry), entry]));
  const renderedNames = new Set(rendered.map(nameOf));
  const suspects = rendered.flatMap((object): Suspect[] => {
    const [entry, found] = [applied.get(nameOf(object)), existing.get(nameOf(object))];
    if (entry === undefined && found === undefined) return [{ object, why: 'new' }];
    if (entry === undefined || !isUntouched(entry, found)) return [{ object, why: 'touched' }];
    return entry.renderedHash === hashOf(object) ? [] : [{ object, why: 'outgrown' }];
  });
  return {
    suspects,
    unexpected: [...existing].filter(([name]) => !renderedNames.has(name)).map(([, object]) => object),
    forget: inventory.filter((entry) => !renderedNames.has(objectName(entry))),
  };
}

/**
 * Returns the labelled objects that are the tenant's namespaces or are inside them. Anyone can write a label: an object
 * that carries it anywhere else is not the tenant's, and is never touched. Pure.
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
 * Reports whether every applied object is untouched, and no other object carries the tenant's label. Ignores kinds that
 * are not watched, workloads above all: the worker is not allowed to watch them. Pure.
 * @param isWatched reports whether all labelled objects of a kind are in `labelled`
 */
export function isAsApplied(
  inventory: readonly InventoryEntry[],
  labelled: ReadonlyMap<string, CachedObject>,
  isWatched: (kind: Pick<ObjectKey, 'apiVersion' | 'kind'>) => boolean,
): boolean {
  const namespaces = inventory.filter(({ kind }) => kind === 'Namespace').map(({ name }) => name);
  const applied = inventory.filter((entry) => !isWorkloadKind(entry.kind) && isWatched(entry));
  const existing = [...within(namespaces, labelled)].filter(([, object]) => isWatched(object));
  const found = new Map(existing);
  return applied.length === found.size && applied.every((entry) => isUntouched(entry, found.get(objectName(entry))));
}

function isUntouched(entry: InventoryEntry, found: CachedObject | undefined): boolean {
  return found !== undefined && found.uid === entry.uid && found.fingerprint === entry.fingerprint;
}
