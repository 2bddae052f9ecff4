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

/** Reads of one pass that are under way at the same time. */
const IN_FLIGHT = 8;

/**
 * What stands in the tenant's namespaces with its label, by `objectName`: from the cache, which costs nothing, or from lists as long as
 * the cache does not know everything.
 */
export async function standingObjects({
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

/** Those of what an earlier pass applied that stand although somebody has taken the tenant's label off. */
export async function unlabelled(
  kube: KubeClient,
  entries: readonly InventoryEntry[],
  standing: { has(name: string): boolean },
): Promise<LiveObject[]> {
  const hidden = entries.filter((entry) => !standing.has(objectName(entry)));
  const found = await pMap(hidden, (entry) => kube.get(entry), { concurrency: IN_FLIGHT });
  // Another object of the same name was not made by us.
  return found
    .filter((object) => object !== null)
    .filter(({ metadata }) => hidden.some(({ uid }) => uid === metadata.uid));
}
