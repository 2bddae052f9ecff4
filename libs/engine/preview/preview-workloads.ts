import { type KubernetesObject } from '#isolation';
import { hashOf, isWorkloadKind, nameOf, objectName } from '#kube';
import { type ObjectChange } from '#tenancy';

import { type InventoryEntry } from '../lease/leased-tenant.js';
import { changesBetween } from './object-changes.js';

const NOTE = "The plan's workloads are applied as the tenant's deployer and are not tried; this is what was rendered.";

/**
 * What would happen to a plan's workloads, from what was applied and what is rendered alone: they belong to the
 * tenant's deployer, as whom a preview does nothing. Which fields of one would change is not told.
 */
export function workloadChanges(
  rendered: readonly KubernetesObject[],
  inventory: readonly InventoryEntry[],
): ObjectChange[] {
  const applied = new Map(inventory.map((entry) => [objectName(entry), entry.renderedHash]));
  const workloads = rendered.filter(({ kind }) => isWorkloadKind(kind));
  const wanted = new Set(workloads.map(nameOf));
  const about = { tried: false, note: NOTE, refused: null };
  const written = workloads.flatMap((object): ObjectChange[] => {
    const hash = applied.get(nameOf(object));
    if (hash === hashOf(object)) return [];
    const isNew = hash === undefined;
    const fields = isNew ? changesBetween(null, object) : [];
    return [{ object: nameOf(object), action: isNew ? 'create' : 'update', fields, ...about }];
  });
  const gone = inventory.filter((entry) => isWorkloadKind(entry.kind) && !wanted.has(objectName(entry)));
  // A volume claim holds data: it leaves the plan, and stays with the tenant.
  const deleted = gone.filter(({ kind }) => kind !== 'PersistentVolumeClaim');
  return [
    ...written,
    ...deleted.map((entry): ObjectChange => ({ object: objectName(entry), action: 'delete', fields: [], ...about })),
  ];
}
