import { compare } from '#compare';
import { type KubernetesObject, TENANT_ID_LABEL } from '#isolation';
import { fingerprintOf, hashOf, keyOf, type KubeClient, type LiveObject } from '#kube';
import pMap from 'p-map';

import { type InventoryEntry, type LeasedTenant } from '../lease/leased-tenant.js';
import { type Suspect } from './difference.js';
import { isTerminating } from './namespace-end.js';

/** Concurrent reads of one pass. */
const IN_FLIGHT = 8;

/** One object that does not match. */
export interface Repair {
  object: KubernetesObject;
  /** `create` if no object has its name; `apply` if fields differ; `trim` if fields only have to be removed. */
  write: 'create' | 'apply' | 'trim';
  /** A merge patch that removes fields added by others; null if there are none. */
  removal: Record<string, unknown> | null;
  /** The object as it was found; null if it does not exist, undefined if it was not read. */
  live: LiveObject | null | undefined;
}

/** Result of reading the suspects. */
export interface Examination {
  repairs: Repair[];
  /** Objects that were written to by others and still match. */
  harmless: InventoryEntry[];
  /** The tenant's namespaces that are terminating. */
  terminating: LiveObject[];
  /** Namespaces of others under the tenant's names: never touched. */
  foreign: LiveObject[];
}

/** Reads the suspects that have to be read, and decides what has to be written. */
export async function examine(
  kube: KubeClient,
  tenant: LeasedTenant,
  suspects: readonly Suspect[],
): Promise<Examination> {
  const examination: Examination = { repairs: [], harmless: [], terminating: [], foreign: [] };
  await pMap(
    suspects,
    async ({ object, why }) => {
      if (why !== 'touched') {
        const write = why === 'new' ? 'create' : 'apply';
        examination.repairs.push({ object, write, removal: null, live: undefined });
      } else {
        judge(examination, tenant, object, await kube.get(keyOf(object)));
      }
    },
    { concurrency: IN_FLIGHT },
  );
  return examination;
}

function judge(
  examination: Examination,
  tenant: LeasedTenant,
  object: KubernetesObject,
  live: LiveObject | null,
): void {
  if (live === null) {
    examination.repairs.push({ object, write: 'create', removal: null, live });
    return;
  }
  if (object.kind === 'Namespace') {
    if (!isOwn(tenant, live)) examination.foreign.push(live);
    else if (isTerminating(live)) examination.terminating.push(live);
  }
  const { complete, removal } = compare(object, live);
  if (complete && removal === null) examination.harmless.push(entryOf(object, live));
  else examination.repairs.push({ object, write: complete ? 'trim' : 'apply', removal, live });
}

/**
 * Reports whether a namespace is the tenant's: it carries the tenant's label, or is the very one (by uid) that an
 * earlier pass made. Removing the label must not make Bulkhead abandon a namespace.
 */
export function isOwn(tenant: LeasedTenant, { metadata }: LiveObject): boolean {
  return metadata.labels?.[TENANT_ID_LABEL] === tenant.id || tenant.inventory.some(({ uid }) => uid === metadata.uid);
}

/** The inventory's entry for an object that was seen to match. */
export function entryOf(object: KubernetesObject, { metadata }: LiveObject): InventoryEntry {
  const fingerprint = fingerprintOf(object.kind, metadata);
  return { ...keyOf(object), uid: metadata.uid, renderedHash: hashOf(object), fingerprint };
}
