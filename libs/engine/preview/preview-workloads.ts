import { type KubernetesObject } from '#isolation';
import { hashOf, isWorkloadKind, nameOf, objectName } from '#kube';
import { type ObjectChange } from '#tenancy';

import { type InventoryEntry } from '../lease/leased-tenant.js';
import { changesBetween } from './object-changes.js';

const NOTE =
  "The plan's workloads are applied as the tenant's deployer and are not dry-run; this is shown as rendered.";

/**
 * Lists the changes to a plan's workloads, judged only by the inventory and the rendered objects: they belong to the
 * tenant's deployer, and a preview does nothing as the deployer. It does not list the fields that would change.
 */
export function workloadChanges(
  rendered: readonly KubernetesObject[],
  inventory: readonly InventoryEntry[],
): ObjectChange[] {
  const applied = new Map(inventory.map((entry) => [objectName(entry), entry.renderedHash]));
  const workloads = rendered.filter(({ kind }) => isWorkloadKind(kind));
  const renderedNames = new Set(workloads.map(nameOf));
  const about = { tried: false, note: NOTE, refused: null };
  const written = workloads.flatMap((object): ObjectChange[] => {
    const hash = applied.get(nameOf(object));
    if (hash === hashOf(object)) return [];
    const isNew = hash === undefined;
    const fields = isNew ? changesBetween(null, object) : [];
    return [{ object: nameOf(object), action: isNew ? 'create' : 'update', fields, ...about }];
  });
  const gone = inventory.filter((entry) => isWorkloadKind(entry.kind) && !renderedNames.has(objectName(entry)));
  // A volume claim holds data: when it leaves the plan, the tenant keeps it.
  const deleted = gone.filter(({ kind }) => kind !== 'PersistentVolumeClaim');
  return [
    ...written,
    ...deleted.map((entry): ObjectChange => ({ object: objectName(entry), action: 'delete', fields: [], ...about })),
  ];
}
