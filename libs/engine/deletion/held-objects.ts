import { KubeError, KubeUnreachable, type ListedMetadata, type RemovalClient } from '#kube';

import { type FoundObject } from '../pass/findings.js';
import { described, ordered, titleOf } from './listed-objects.js';

/** Kinds and objects of each that are looked at: a message names only a few. */
const [MOST_KINDS, MOST_OBJECTS] = [5, 100];

/**
 * Returns deleted objects in a namespace that a finalizer holds, of the first of these kinds. One list at a time: a
 * stopped controller can hold a hundred namespaces. Kinds that cannot be listed are left out.
 */
export async function heldObjects(
  client: RemovalClient,
  namespace: string,
  kinds: readonly { group: string; resource: string }[],
): Promise<FoundObject[]> {
  if (kinds.length === 0) return [];
  const named = new Set(kinds.map(titleOf));
  const { resources } = await client.discover();
  const found: FoundObject[] = [];
  for (const resource of resources.filter((each) => named.has(titleOf(each))).slice(0, MOST_KINDS)) {
    const objects = await firstPage(client.sweep(resource, { namespace }, MOST_OBJECTS));
    found.push(...objects.map((metadata) => described(resource, metadata)));
  }
  return ordered(found).filter(
    ({ finalizers, deletionTimestamp }) => finalizers.length > 0 && deletionTimestamp !== null,
  );
}

async function firstPage(pages: ReturnType<RemovalClient['sweep']>): Promise<ListedMetadata[]> {
  try {
    for await (const { objects } of pages) return objects;
    return [];
  } catch (error) {
    if (error instanceof KubeError && !(error instanceof KubeUnreachable)) return [];
    throw error;
  }
}
