import { TENANT_ID_LABEL } from '#isolation';
import { isWorkloadKind, type KubeClient, type LiveObject, managedResources } from '#kube';
import pMap from 'p-map';

import { type LeasedTenant } from '../lease/lease.js';

/** Reads of one pass that are under way at the same time. */
const IN_FLIGHT = 8;

/** Namespaces that have the names of a tenant's. */
interface ObservedNamespaces {
  own: LiveObject[];
  /** Made by somebody else: never touched. */
  foreign: LiveObject[];
}

/**
 * Reads the tenant's namespaces by name and tells its own from those of others. Its own carry its label, or are the
 * very ones (by uid) that an earlier pass made: taking the label off must not end Bulkhead's care for a namespace,
 * nor save it from the tenant's deletion.
 */
export async function observeNamespaces(kube: KubeClient, tenant: LeasedTenant): Promise<ObservedNamespaces> {
  const found = await pMap(
    tenant.environments,
    ({ namespace: name }) => kube.get({ apiVersion: 'v1', kind: 'Namespace', namespace: '', name }),
    { concurrency: IN_FLIGHT },
  );
  const standing = found.filter((namespace) => namespace !== null);
  const made = new Set(tenant.inventory.map(({ uid }) => uid));
  const isOwn = ({ metadata }: LiveObject): boolean =>
    metadata.labels?.[TENANT_ID_LABEL] === tenant.id || made.has(metadata.uid);
  return { own: standing.filter(isOwn), foreign: standing.filter((namespace) => !isOwn(namespace)) };
}

/**
 * What stands in these namespaces for the tenant beside its workloads (`observeWorkloads`): the objects that carry its label, and those that an earlier
 * pass applied and somebody has taken the label off.
 */
export async function observeObjects(
  kube: KubeClient,
  tenant: LeasedTenant,
  namespaces: readonly LiveObject[],
): Promise<LiveObject[]> {
  const queries = namespaces.flatMap(({ metadata }) =>
    managedResources
      .filter(({ namespaced, appliedAs }) => namespaced && appliedAs === undefined)
      .map((kind) => ({ ...kind, namespace: metadata.name })),
  );
  const lists = await pMap(queries, (query) => kube.list(query, `${TENANT_ID_LABEL}=${tenant.id}`), {
    concurrency: IN_FLIGHT,
  });
  const labelled = lists.flat();
  return [...labelled, ...(await unlabelled(kube, tenant, labelled))];
}

async function unlabelled(kube: KubeClient, tenant: LeasedTenant, labelled: LiveObject[]): Promise<LiveObject[]> {
  const seen = new Set(labelled.map(({ metadata }) => metadata.uid));
  const missing = tenant.inventory.filter(
    ({ uid, kind }) => !seen.has(uid) && kind !== 'Namespace' && !isWorkloadKind(kind),
  );
  const found = await pMap(missing, (entry) => kube.get(entry), { concurrency: IN_FLIGHT });
  // Another object of the same name was not made by us.
  return found
    .filter((object) => object !== null)
    .filter(({ metadata }) => missing.some(({ uid }) => uid === metadata.uid));
}
