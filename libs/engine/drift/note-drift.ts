import { type CachedObject, FIELD_MANAGER, hashOf, type KubeClient, nameOf, objectName } from '#kube';
import pMap from 'p-map';

import { type InventoryEntry, type LeasedTenant } from '../lease/leased-tenant.js';
import { type Repair } from '../observe/examine.js';
import { type DriftedObject } from '../pass/pass-result.js';
import { type Pass } from '../pass/pass.js';
import { driftOf, unexpectedDrift } from './drift.js';

/** Objects that one pass reports; a tenant's own set is far smaller, but others may label what they like. */
const MOST_OBJECTS = 500;
const IN_FLIGHT = 8;

/** What a pass has to do. */
interface Work {
  repairs: Repair[];
  /** To be deleted. */
  unexpected: CachedObject[];
}

/** `own`: whether Bulkhead has a change of its own to make to the object, too. */
type Verdict = Omit<DriftedObject, 'left'> & { own: boolean };

/**
 * Tells what others did from what Bulkhead itself has yet to do, and notes the former on the pass, with who did it. An
 * object drifted when it was applied as it is rendered now and does not stand so; a difference that comes from another
 * plan, other members, facts of the cluster or another version of Bulkhead is no drift.
 * @param unexpected what stands with the tenant's label and is not rendered.
 * @returns what is to be done: all of it, unless the plan says `report`, nobody asked for a change, and no hold is in force.
 */
export async function noteDrift(pass: Pass, repairs: Repair[], unexpected: CachedObject[]): Promise<Work> {
  if (repairs.length === 0 && unexpected.length === 0) return { repairs, unexpected };
  const { tenant, kube, result } = pass;
  const applied = new Map(tenant.inventory.map((entry) => [objectName(entry), entry]));
  const verdicts = [
    ...repairs.map((repair) => ofRendered(repair, applied.get(nameOf(repair.object)))),
    ...(await ofUnexpected(
      kube,
      unexpected.filter((object) => !applied.has(objectName(object))),
    )),
  ];
  const drifted = verdicts.filter((verdict) => verdict !== null);
  if (drifted.length === 0) return { repairs, unexpected };
  const reportOnly = isReportOnly(tenant);
  const objects = drifted.map(({ own, ...object }) => ({ ...object, left: reportOnly && !own }));
  result.drift = { detectedAt: new Date().toISOString(), objects: objects.slice(0, MOST_OBJECTS) };
  return reportOnly ? without({ repairs, unexpected }, objects) : { repairs, unexpected };
}

/** A hold is not the plan's business: what keeps a suspended or quarantined tenant closed is put right in any case. */
function isReportOnly({ observedGeneration, generation, plan, restriction }: LeasedTenant): boolean {
  const isHeld = restriction.suspended || restriction.quarantined;
  return observedGeneration === generation && !isHeld && plan.spec.drift.policy === 'report';
}

function ofRendered({ object, live }: Repair, entry: InventoryEntry | undefined): Verdict | null {
  // Not read: it was never applied, or nobody touched it since.
  if (live === undefined) return null;
  const own = entry?.renderedHash !== hashOf(object);
  const about = { object: nameOf(object), objectKind: object.kind, own };
  if (live === null) return entry === undefined ? null : { ...about, kind: 'missing', fields: [] };
  const fields = driftOf(object, live);
  // Of an object that is rendered otherwise than it was applied, only what somebody else owns is somebody else's doing.
  const foreign = own ? fields.filter(({ manager }) => manager !== null && manager.name !== FIELD_MANAGER) : fields;
  return foreign.length === 0 ? null : { ...about, kind: 'changed', fields: foreign };
}

/** Objects that are in no inventory were made by others, or by a pass that could not write down what it did. */
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

/** What is left to do when what drifted is left alone; in a namespace that is gone, that is nothing. */
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
