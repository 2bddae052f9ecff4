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
 * Objects with the tenant's label in the tenant's namespaces, by `objectName`: from the cache, which costs nothing, or
 * from lists until the cache is complete.
 */
export async function existingObjects({
  kube,
  cache,
  tenant,
}: Pick<Pass, 'kube' | 'cache' | 'tenant'>): Promise<ReadonlyMap<string, CachedObject>> {
  const namespaces = tenant.environments.map(({ namespace }) => namespace);
  if (cache.complete) return within(namespaces, cache.ofGroup(tenant.id));
  const queries = tenantResources
    .filter((resource) => cache.isServed(resource))
    .map((resource) => ({ ...resource, namespace: '' }));
  const lists = await pMap(queries, (query) => kube.list(query, `${TENANT_ID_LABEL}=${tenant.id}`), {
    concurrency: IN_FLIGHT,
  });
  const labelled = lists.flat().map((object) => [objectName(keyOf(object)), asCached(object, tenant.id)] as const);
  return within(namespaces, new Map(labelled));
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
