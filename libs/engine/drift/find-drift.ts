import { type CachedObject, FIELD_MANAGER, hashOf, type KubeClient, nameOf, objectName } from '#kube';
import pMap from 'p-map';

import { type InventoryEntry, type LeasedTenant } from '../lease/leased-tenant.js';
import { type Repair } from '../observe/examine.js';
import { type DriftedObject, type DriftNote } from '../pass/findings.js';
import { type Pass } from '../pass/pass.js';
import { driftOf, unexpectedDrift } from './drift.js';

/** Objects that one pass reports; a tenant's own set is far smaller, but others can label whatever they like. */
const MOST_OBJECTS = 500;
const IN_FLIGHT = 8;

/** The work of a pass. */
interface Work {
  repairs: readonly Repair[];
  /** To be deleted. */
  unexpected: readonly CachedObject[];
}

/** `own`: true if Bulkhead has a change of its own to make to the object, too. */
type Verdict = Omit<DriftedObject, 'left'> & { own: boolean };

/**
 * Separates drift (changes by others) from pending work, and identifies who caused it. An object drifted if it was
 * applied as it is rendered now and no longer matches; a difference that comes from another plan, other members, other
 * cluster facts or another version of Bulkhead is not drift.
 * @param work everything that differs; `unexpected` are objects with the tenant's label that are not rendered
 * @returns the work to be done: all of it, unless the plan's drift policy is `report`, no change is pending, and no
 *   hold is in force; and the drift, null for none
 */
export async function findDrift(
  { tenant, kube }: Pick<Pass, 'tenant' | 'kube'>,
  work: Work,
): Promise<Work & { drift: DriftNote | null }> {
  const { repairs, unexpected } = work;
  if (repairs.length === 0 && unexpected.length === 0) return { ...work, drift: null };
  const applied = new Map(tenant.inventory.map((entry) => [objectName(entry), entry]));
  const unknown = unexpected.filter((object) => !applied.has(objectName(object)));
  const verdicts = [
    ...repairs.map((repair) => ofRendered(repair, applied.get(nameOf(repair.object)))),
    ...(await ofUnexpected(kube, unknown)),
  ];
  const drifted = verdicts.filter((verdict) => verdict !== null);
  if (drifted.length === 0) return { ...work, drift: null };
  const reportOnly = isReportOnly(tenant);
  const objects = drifted.map(({ own, ...object }) => ({ ...object, left: reportOnly && !own }));
  const drift = { detectedAt: new Date().toISOString(), objects: objects.slice(0, MOST_OBJECTS) };
  return { ...(reportOnly ? without(work, objects) : work), drift };
}

/** A hold overrules the plan: objects that restrict a suspended or quarantined tenant are always healed. */
function isReportOnly({ observedGeneration, generation, plan, restriction }: LeasedTenant): boolean {
  const isHeld = restriction.suspended || restriction.quarantined;
  return observedGeneration === generation && !isHeld && plan.spec.drift.policy === 'report';
}

function ofRendered({ object, live }: Repair, entry: InventoryEntry | undefined): Verdict | null {
  // Not read: it was never applied, or was not touched since.
  if (live === undefined) return null;
  const own = entry?.renderedHash !== hashOf(object);
  const about = { object: nameOf(object), objectKind: object.kind, own };
  if (live === null) return entry === undefined ? null : { ...about, kind: 'missing', fields: [] };
  const fields = driftOf(object, live);
  // If the object is rendered differently than it was applied, only fields with another owner are drift.
  const foreign = own ? fields.filter(({ manager }) => manager !== null && manager.name !== FIELD_MANAGER) : fields;
  return foreign.length === 0 ? null : { ...about, kind: 'changed', fields: foreign };
}

/** Objects outside the inventory were made by others, or by a pass that could not record what it did. */
async function ofUnexpected(kube: KubeClient, objects: readonly CachedObject[]): Promise<(Verdict | null)[]> {
  return pMap(
    objects.slice(0, MOST_OBJECTS),
    async (object) => {
      const live = await kube.get(object);
      const made = live?.metadata.managedFields?.some(({ manager }) => manager === FIELD_MANAGER) ?? false;
      if (live === null || made) return null;
      const about = { object: objectName(object), objectKind: object.kind, own: false };
      return { ...about, kind: 'unexpected' as const, fields: unexpectedDrift(live) };
    },
    { concurrency: IN_FLIGHT },
  );
}

/** The work that remains if drifted objects are left alone; in a namespace that is gone there is none. */
function without({ repairs, unexpected }: Work, objects: readonly DriftedObject[]): Work {
  const left = new Set(objects.filter((object) => object.left).map(({ object }) => object));
  const gone = repairs.filter(({ object }) => object.kind === 'Namespace' && left.has(nameOf(object)));
  const goneNamespaces = new Set(gone.map(({ object }) => object.metadata.name));
  return {
    repairs: repairs.filter(
      ({ object }) => !left.has(nameOf(object)) && !goneNamespaces.has(object.metadata.namespace ?? ''),
    ),
    unexpected: unexpected.filter((object) => !left.has(objectName(object))),
  };
}
