import { TENANT_ID_LABEL } from '#isolation';
import { isWorkloadKind, type KubeClient, type LiveObject, nameOf, tenantResources } from '#kube';
import pMap from 'p-map';

import { type LeasedTenant } from '../lease/leased-tenant.js';
import { type Pass } from '../pass/pass.js';
import { isOwn } from './examine.js';
import { unlabelled } from './existing-objects.js';

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
  const own = standing.filter((namespace) => isOwn(tenant, namespace));
  return { own, foreign: standing.filter((namespace) => !own.includes(namespace)) };
}

/**
 * What stands in these namespaces for the tenant beside its workloads (`observeWorkloads`): the objects that carry its
 * label, and those that an earlier pass applied and somebody has taken the label off.
 */
export async function observeObjects(
  { kube, cache, tenant }: Pick<Pass, 'kube' | 'cache' | 'tenant'>,
  namespaces: readonly LiveObject[],
): Promise<LiveObject[]> {
  const queries = namespaces.flatMap(({ metadata }) =>
    tenantResources
      .filter((resource) => resource.namespaced && cache.isServed(resource))
      .map((kind) => ({ ...kind, namespace: metadata.name })),
  );
  const lists = await pMap(queries, (query) => kube.list(query, `${TENANT_ID_LABEL}=${tenant.id}`), {
    concurrency: IN_FLIGHT,
  });
  const labelled = lists.flat();
  const applied = tenant.inventory.filter(({ kind }) => kind !== 'Namespace' && !isWorkloadKind(kind));
  return [...labelled, ...(await unlabelled(kube, applied, new Set(labelled.map(nameOf))))];
}
