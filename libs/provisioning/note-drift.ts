import { type KubernetesObject } from '#isolation';
import { FIELD_MANAGER, type KubeClient, type LiveObject, objectName } from '#kube';
import { driftPolicyOf } from '#plans';
import pMap from 'p-map';

import { type Difference, hashOf, keyOf } from './difference.js';
import { driftOf, managedFieldsOf } from './drift.js';
import { type DriftedObject } from './drift-record.js';
import { type InventoryEntry } from './lease.js';
import { type Pass } from './pass.js';

/** Objects that one pass reports; a tenant's own set is far smaller, but others may label what they like. */
const MOST_OBJECTS = 500;
const IN_FLIGHT = 8;

/**
 * Tells what others did from what Bulkhead itself has yet to do, and notes the former on the pass, with who did it. An
 * object drifted when it was applied as it is rendered now and does not stand so; a difference that comes from another
 * plan, other members, facts of the cluster or another version of Bulkhead is no drift.
 * @param live what stands. Objects without `managedFields` are read again.
 * @returns what is to be done: all of it, unless the plan says `report` and nobody asked for a change.
 */
export async function noteDrift(pass: Pass, change: Difference, live: readonly LiveObject[]): Promise<Difference> {
  if (change.repair.length === 0 && change.prune.length === 0) return change;
  const { tenant, kube, result } = pass;
  const standing = new Map(live.map((object) => [nameOf(object), object]));
  const applied = new Map(tenant.inventory.map((entry) => [objectName(entry), entry]));
  const repaired = await pMap(
    change.repair,
    async ({ object }) =>
      rendered(object, applied.get(nameOf(object)), await withManagers(kube, standing.get(nameOf(object)))),
    { concurrency: IN_FLIGHT },
  );
  const pruned = change.prune.map((object) => unrendered(object, applied.has(nameOf(object))));
  const drifted = [...repaired, ...pruned].filter((verdict) => verdict !== null);
  if (drifted.length === 0) return change;
  const reportOnly = tenant.observedGeneration === tenant.generation && driftPolicyOf(tenant.plan.spec) === 'report';
  const objects = drifted.map(({ own, ...object }) => ({ ...object, left: reportOnly && !own }));
  result.drift = { detectedAt: new Date().toISOString(), objects: objects.slice(0, MOST_OBJECTS) };
  return reportOnly ? without(change, objects) : change;
}

/** `own`: whether Bulkhead has a change of its own to make to the object, too. */
type Verdict = Omit<DriftedObject, 'left'> & { own: boolean };

function rendered(
  object: KubernetesObject,
  entry: InventoryEntry | undefined,
  live: LiveObject | undefined,
): Verdict | null {
  const own = entry?.renderedHash !== hashOf(object);
  const about = { object: nameOf(object), objectKind: object.kind, own };
  if (live === undefined) return entry === undefined ? null : { ...about, kind: 'missing', fields: [] };
  const fields = driftOf(object, live);
  // Of an object that is rendered otherwise than it was applied, only what somebody else owns is somebody else's doing.
  const foreign = own ? fields.filter(({ manager }) => manager !== null && manager.name !== FIELD_MANAGER) : fields;
  return foreign.length === 0 ? null : { ...about, kind: 'changed', fields: foreign };
}

function unrendered(object: LiveObject, inInventory: boolean): Verdict | null {
  const made = managedFieldsOf(object).some(({ manager }) => manager === FIELD_MANAGER);
  if (inInventory || made) return null;
  return { object: nameOf(object), objectKind: object.kind, own: false, kind: 'unexpected', fields: [] };
}

/** What is left to do when what drifted is left alone; in a namespace that is gone, that is nothing. */
function without(change: Difference, objects: readonly DriftedObject[]): Difference {
  const left = new Set(objects.filter((object) => object.left).map(({ object }) => object));
  const goneNamespaces = new Set(
    change.repair
      .filter(({ object }) => object.kind === 'Namespace' && left.has(nameOf(object)))
      .map(({ object }) => object.metadata.name),
  );
  const isLeft = (object: Pick<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'>): boolean =>
    left.has(nameOf(object)) || goneNamespaces.has(object.metadata.namespace ?? '');
  return {
    ...change,
    repair: change.repair.filter(({ object }) => !isLeft(object)),
    prune: change.prune.filter((object) => !isLeft(object)),
  };
}

async function withManagers(kube: KubeClient, live: LiveObject | undefined): Promise<LiveObject | undefined> {
  if (live === undefined || managedFieldsOf(live).length > 0) return live;
  const read = await kube.get(keyOf(live));
  // The fields are those that the comparison saw; only who owns them is new.
  return read === null ? live : { ...live, metadata: { ...read.metadata, ...live.metadata } };
}

function nameOf(object: Pick<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'>): string {
  return objectName(keyOf(object));
}
