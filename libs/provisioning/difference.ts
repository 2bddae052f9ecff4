import { createHash } from 'node:crypto';

import { type KubernetesObject } from '#isolation';
import { type LiveObject, type ObjectKey, objectName } from '#kube';

import { type InventoryEntry } from './lease.js';
import { matches } from './matches.js';

/** What has to happen so that the cluster matches what was rendered. */
export interface Difference {
  /** Absent, changed by others, or rendered otherwise than it was applied. */
  apply: KubernetesObject[];
  /** Standing, and no longer rendered. */
  prune: LiveObject[];
  /** Applied once, and no longer rendered: whether pruned now or gone before, they leave the inventory. */
  forget: InventoryEntry[];
}

/** Compares the rendered objects with the live ones and with what earlier passes applied. Pure. */
export function difference(
  rendered: readonly KubernetesObject[],
  live: readonly LiveObject[],
  inventory: readonly InventoryEntry[],
): Difference {
  const standing = new Map(live.map((object) => [nameOf(object), object]));
  const applied = new Map(inventory.map((entry) => [objectName(entry), entry.renderedHash]));
  const wanted = new Set(rendered.map(nameOf));
  return {
    apply: rendered.filter((object) => {
      // The hash notices a field that is no longer rendered, which the live object still has.
      const same = applied.get(nameOf(object)) === hashOf(object);
      return !same || !matches(object, standing.get(nameOf(object)));
    }),
    prune: live.filter((object) => !wanted.has(nameOf(object))),
    forget: inventory.filter((entry) => !wanted.has(objectName(entry))),
  };
}

/** SHA-256 of an object. Rendering is deterministic, so equal objects have equal text. */
export function hashOf(object: KubernetesObject): string {
  return createHash('sha256').update(JSON.stringify(object)).digest('hex');
}

/** The key of an object. */
export function keyOf({
  apiVersion,
  kind,
  metadata,
}: Pick<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'>): ObjectKey {
  return { apiVersion, kind, namespace: metadata.namespace ?? '', name: metadata.name };
}

function nameOf(object: Pick<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'>): string {
  return objectName(keyOf(object));
}
