import { TENANT_ID_LABEL } from '#isolation';
import { type KubeClient, type LiveObject, managedResources, objectName } from '#kube';
import pMap from 'p-map';

import { type LeasedTenant } from './lease.js';
import { PassFailed } from './outcome.js';

/** Reads of one pass that are under way at the same time. */
const IN_FLIGHT = 8;

/**
 * Reads what stands for a tenant: its namespaces by name, and in each the objects that carry its label.
 * A tenant that was never worked on has nothing but, perhaps, namespaces that belong to someone else.
 * @throws PassFailed `NamespaceNotOwned` when a namespace of that name exists and is not the tenant's.
 */
export async function observe(kube: KubeClient, tenant: LeasedTenant): Promise<LiveObject[]> {
  const namespaces = await pMap(tenant.environments, ({ namespace }) => ownNamespace(kube, tenant, namespace), {
    concurrency: IN_FLIGHT,
  });
  const standing = namespaces.filter((namespace) => namespace !== null);
  const queries = standing.flatMap(({ metadata }) =>
    managedResources.filter(({ namespaced }) => namespaced).map((kind) => ({ ...kind, namespace: metadata.name })),
  );
  const lists = await pMap(queries, (query) => kube.list(query, `${TENANT_ID_LABEL}=${tenant.id}`), {
    concurrency: IN_FLIGHT,
  });
  return [...standing, ...lists.flat()];
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
