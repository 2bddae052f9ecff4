import { createHash } from 'node:crypto';

import { type KubernetesObject } from '#isolation';
import { type LiveObject, type ObjectKey, objectName } from '#kube';

import { compare } from './comparison.js';
import { type InventoryEntry } from './lease.js';

/** One object that is not as it should be. */
export interface Repair {
  object: KubernetesObject;
  /** Whether it has to be applied. */
  apply: boolean;
  /** A merge patch that removes what somebody added; null when there is nothing to remove. */
  removal: object | null;
}

/** What has to happen so that the cluster matches what was rendered. */
export interface Difference {
  /** Absent, changed by others, or rendered otherwise than it was applied. */
  repair: Repair[];
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
  const repairs = rendered.map((object) => {
    const { complete, removal } = compare(object, standing.get(nameOf(object)));
    // The hash notices a field that is no longer rendered, which an apply takes away.
    return { object, apply: !complete || applied.get(nameOf(object)) !== hashOf(object), removal };
  });
  return {
    repair: repairs.filter(({ apply, removal }) => apply || removal !== null),
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
