import { TENANT_ID_LABEL } from '#isolation';
import {
  type CachedObject,
  fingerprintOf,
  keyOf,
  type KubeClient,
  type LiveObject,
  objectName,
  tenantResources,
} from '#kube';
import pMap from 'p-map';

import { type InventoryEntry } from '../lease/leased-tenant.js';
import { type Pass } from '../pass/pass.js';
import { within } from './difference.js';

/** Concurrent reads of one pass. */
const IN_FLIGHT = 8;

/**
 * Objects with the tenant's label in the tenant's namespaces, by `objectName`. Kinds that are watched come from the
 * cache, which costs nothing; the others are read in the tenant's namespaces only, so that what a pass costs does not
 * grow with the number of tenants.
 */
export async function existingObjects({
  kube,
  cache,
  tenant,
}: Pick<Pass, 'kube' | 'cache' | 'tenant'>): Promise<ReadonlyMap<string, CachedObject>> {
  const namespaces = tenant.environments.map(({ namespace }) => namespace);
  const cached = [...cache.ofGroup(tenant.id)].filter(([, object]) => cache.isWatched(object));
  const unwatched = tenantResources.filter((resource) => cache.isServed(resource) && !cache.isWatched(resource));
  const selector = `${TENANT_ID_LABEL}=${tenant.id}`;
  const reads = namespaces.flatMap((namespace) =>
    unwatched.map(({ apiVersion, kind, namespaced }) => async (): Promise<readonly LiveObject[]> => {
      if (namespaced) return kube.list({ apiVersion, kind, namespace }, selector);
      const found = await kube.get({ apiVersion, kind, namespace: '', name: namespace });
      return found?.metadata.labels?.[TENANT_ID_LABEL] === tenant.id ? [found] : [];
    }),
  );
  const read = await pMap(reads, (each) => each(), { concurrency: IN_FLIGHT });
  const labelled = read.flat().map((object) => [objectName(keyOf(object)), asCached(object, tenant.id)] as const);
  return within(namespaces, new Map([...cached, ...labelled]));
}

function asCached(object: LiveObject, group: string): CachedObject {
  const { kind, metadata } = object;
  const [fingerprint, ending] = [fingerprintOf(kind, metadata), metadata.deletionTimestamp !== undefined];
  return { ...keyOf(object), uid: metadata.uid, fingerprint, group, ending };
}

/** Applied objects that still exist although the tenant's label was removed from them. */
export async function unlabelledObjects(
  kube: KubeClient,
  entries: readonly InventoryEntry[],
  labelled: { has(name: string): boolean },
): Promise<LiveObject[]> {
  const hidden = entries.filter((entry) => !labelled.has(objectName(entry)));
  const found = await pMap(hidden, (entry) => kube.get(entry), { concurrency: IN_FLIGHT });
  // Another object of the same name was not made by Bulkhead.
  return found
    .filter((object) => object !== null)
    .filter(({ metadata }) => hidden.some(({ uid }) => uid === metadata.uid));
}
