import { compare } from '#compare';
import { type KubernetesObject, TENANT_ID_LABEL } from '#isolation';
import { fingerprintOf, hashOf, keyOf, type KubeClient, type LiveObject } from '#kube';
import pMap from 'p-map';

import { type InventoryEntry, type LeasedTenant } from '../lease/leased-tenant.js';
import { type Suspect } from './difference.js';
import { isStanding } from './namespace-end.js';

/** Reads of one pass that are under way at the same time. */
const IN_FLIGHT = 8;

/** One object that is not as it should be. */
export interface Repair {
  object: KubernetesObject;
  /** `create` when nothing of the name is known; `apply` what differs; `trim` when only something has to go. */
  write: 'create' | 'apply' | 'trim';
  /** A merge patch that removes what somebody added; null when there is nothing to remove. */
  removal: object | null;
  /** As it was found; null when it was not there, undefined when it was not read. */
  live: LiveObject | null | undefined;
}

/** What reading the suspects has told. */
export interface Examination {
  repairs: Repair[];
  /** Objects that somebody touched and that still are as rendered. */
  harmless: InventoryEntry[];
  /** The tenant's namespaces that are ending. */
  ending: LiveObject[];
  /** Namespaces of others in the place of the tenant's: never touched. */
  foreign: LiveObject[];
}

/** Reads the suspects that must be read, and says what has to be written. */
export async function examine(
  kube: KubeClient,
  tenant: LeasedTenant,
  suspects: readonly Suspect[],
): Promise<Examination> {
  const examination: Examination = { repairs: [], harmless: [], ending: [], foreign: [] };
  await pMap(
    suspects,
    async ({ object, why }) => {
      if (why !== 'touched') {
        const write = why === 'new' ? 'create' : 'apply';
        examination.repairs.push({ object, write, removal: null, live: undefined });
      } else {
        conclude(examination, tenant, object, await kube.get(keyOf(object)));
      }
    },
    { concurrency: IN_FLIGHT },
  );
  return examination;
}

function conclude(
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
    else if (!isStanding(live)) examination.ending.push(live);
  }
  const { complete, removal } = compare(object, live);
  if (complete && removal === null) examination.harmless.push(entryOf(object, live));
  else examination.repairs.push({ object, write: complete ? 'trim' : 'apply', removal, live });
}

/**
 * Whether a namespace is the tenant's: it carries its label, or is the very one (by uid) that an earlier pass made.
 * Taking the label off must not end Bulkhead's care for a namespace.
 */
export function isOwn(tenant: LeasedTenant, { metadata }: LiveObject): boolean {
  return metadata.labels?.[TENANT_ID_LABEL] === tenant.id || tenant.inventory.some(({ uid }) => uid === metadata.uid);
}

/** What the inventory says of an object that was seen to be as rendered. */
export function entryOf(object: KubernetesObject, { metadata }: LiveObject): InventoryEntry {
  const fingerprint = fingerprintOf(object.kind, metadata);
  return { ...keyOf(object), uid: metadata.uid, renderedHash: hashOf(object), fingerprint };
}
