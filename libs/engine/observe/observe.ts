import { TENANT_ID_LABEL } from '#isolation';
import { type KubeClient, type LiveObject, nameOf, type ObjectKey } from '#kube';
import pMap from 'p-map';

import { type LeasedTenant } from '../lease/leased-tenant.js';
import { type Pass } from '../pass/pass.js';
import { isOwn } from './examine.js';
import { unlabelledObjects } from './existing-objects.js';

/** Concurrent reads of one pass. */
const IN_FLIGHT = 8;

/** Namespaces under the names of a tenant's environments. */
interface ObservedNamespaces {
  own: LiveObject[];
  /** Created by someone else: never touched. */
  foreign: LiveObject[];
}

/** Reads namespaces by the names of a tenant's environments, and separates the tenant's own (`isOwn`) from others. */
export async function observeNamespaces(kube: KubeClient, tenant: LeasedTenant): Promise<ObservedNamespaces> {
  const found = await pMap(
    tenant.environments,
    ({ namespace: name }) => kube.get({ apiVersion: 'v1', kind: 'Namespace', namespace: '', name }),
    { concurrency: IN_FLIGHT },
  );
  const existing = found.filter((namespace) => namespace !== null);
  const own = existing.filter((namespace) => isOwn(tenant, namespace));
  return { own, foreign: existing.filter((namespace) => !own.includes(namespace)) };
}

/**
 * The tenant's objects of some kinds in these namespaces: those that carry its label, and those that were applied and
 * lost it.
 */
export async function observeObjects(
  { kube, tenant }: Pick<Pass, 'kube' | 'tenant'>,
  namespaces: readonly LiveObject[],
  kinds: readonly Pick<ObjectKey, 'apiVersion' | 'kind'>[],
): Promise<LiveObject[]> {
  const queries = namespaces.flatMap(({ metadata }) => kinds.map((kind) => ({ ...kind, namespace: metadata.name })));
  const lists = await pMap(queries, (query) => kube.list(query, `${TENANT_ID_LABEL}=${tenant.id}`), {
    concurrency: IN_FLIGHT,
  });
  const labelled = lists.flat();
  const applied = tenant.inventory.filter((entry) =>
    kinds.some(({ apiVersion, kind }) => apiVersion === entry.apiVersion && kind === entry.kind),
  );
  return [...labelled, ...(await unlabelledObjects(kube, applied, new Set(labelled.map(nameOf))))];
}
