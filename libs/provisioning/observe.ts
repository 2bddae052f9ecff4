import { TENANT_ID_LABEL } from '#isolation';
import { type KubeClient, type LiveObject, managedResources, objectName } from '#kube';
import pMap from 'p-map';

import { type LeasedTenant } from './lease.js';
import { PassFailed } from './outcome.js';

/** Reads of one pass that are under way at the same time. */
const IN_FLIGHT = 8;

/**
 * The tenant's namespaces that stand, found by name.
 * @throws PassFailed `NamespaceNotOwned` when a namespace of that name exists and is not the tenant's.
 */
export async function observeNamespaces(kube: KubeClient, tenant: LeasedTenant): Promise<LiveObject[]> {
  const read = ({ namespace }: { namespace: string }): Promise<LiveObject | null> =>
    ownNamespace(kube, tenant, namespace);
  const namespaces = await pMap(tenant.environments, read, { concurrency: IN_FLIGHT });
  return namespaces.filter((namespace) => namespace !== null);
}

/**
 * What stands in these namespaces for the tenant: the objects that carry its label, and those that an earlier
 * pass applied and somebody has taken the label off.
 */
export async function observeObjects(
  kube: KubeClient,
  tenant: LeasedTenant,
  namespaces: readonly LiveObject[],
): Promise<LiveObject[]> {
  const queries = namespaces.flatMap(({ metadata }) =>
    managedResources.filter(({ namespaced }) => namespaced).map((kind) => ({ ...kind, namespace: metadata.name })),
  );
  const lists = await pMap(queries, (query) => kube.list(query, `${TENANT_ID_LABEL}=${tenant.id}`), {
    concurrency: IN_FLIGHT,
  });
  const labelled = lists.flat();
  return [...labelled, ...(await unlabelled(kube, tenant, labelled))];
}

async function unlabelled(kube: KubeClient, tenant: LeasedTenant, labelled: LiveObject[]): Promise<LiveObject[]> {
  const seen = new Set(labelled.map(({ metadata }) => metadata.uid));
  const missing = tenant.inventory.filter(({ uid, kind }) => !seen.has(uid) && kind !== 'Namespace');
  const found = await pMap(missing, (entry) => kube.get(entry), { concurrency: IN_FLIGHT });
  // Another object of the same name was not made by us.
  return found
    .filter((object) => object !== null)
    .filter(({ metadata }) => missing.some(({ uid }) => uid === metadata.uid));
}

async function ownNamespace(kube: KubeClient, tenant: LeasedTenant, name: string): Promise<LiveObject | null> {
  const key = { apiVersion: 'v1', kind: 'Namespace', namespace: '', name };
  const namespace = await kube.get(key);
  if (namespace === null || namespace.metadata.labels?.[TENANT_ID_LABEL] === tenant.id) return namespace;
  throw new PassFailed({
    reason: 'NamespaceNotOwned',
    message: `The namespace ${name} exists and does not belong to this tenant. Remove it, or choose another slug.`,
    object: objectName(key),
    kind: 'Namespace',
  });
}
