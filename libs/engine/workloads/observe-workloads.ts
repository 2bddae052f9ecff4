import { wasApplied } from '#compare';
import { type KubernetesObject, TENANT_ID_LABEL } from '#isolation';
import { isWorkloadKind, type KubeClient, type LiveObject, managedResources } from '#kube';
import pMap from 'p-map';

import { type InventoryEntry, type LeasedTenant } from '../lease/leased-tenant.js';
import { asKnownDeployer } from './apply-workload.js';

/** Concurrent reads of one pass. */
const IN_FLIGHT = 8;

/**
 * Reads a tenant's existing workloads: those that Bulkhead applied and that carry the tenant's label, and those of the
 * inventory that lost it. A label alone is no proof here, because tenants write these kinds, too: a copy that they
 * made, labels included, is theirs and must not be pruned.
 *
 * A tenant that has no workloads and never had any costs no request. Only the kinds that it has are listed, except
 * while a change is carried out: a worker may have died after it applied an object and before it recorded that.
 * @param namespaces those that existed before this pass and contain the deployer's binding; reads are the deployer's
 */
export async function observeWorkloads(
  kube: KubeClient,
  tenant: LeasedTenant,
  rendered: readonly KubernetesObject[],
  namespaces: ReadonlySet<string>,
): Promise<LiveObject[]> {
  const inventory = workloadsOf(tenant.inventory).filter(({ namespace }) => namespaces.has(namespace));
  const known = new Set([...rendered, ...inventory].map(({ kind }) => kind));
  if (known.size === 0) return [];
  const isSettled = tenant.observedGeneration === tenant.generation;
  const kinds = managedResources.filter(({ kind }) => isWorkloadKind(kind) && (known.has(kind) || !isSettled));
  const queries = [...namespaces].flatMap((namespace) => kinds.map((kind) => ({ ...kind, namespace })));
  const list = (query: (typeof queries)[number]): Promise<LiveObject[]> =>
    asKnownDeployer(kube, () => kube.list(query, `${TENANT_ID_LABEL}=${tenant.id}`));
  const lists = await pMap(queries, list, { concurrency: IN_FLIGHT });
  const made = new Set(inventory.map(({ uid }) => uid));
  const labelled = lists.flat().filter((object) => made.has(object.metadata.uid) || wasApplied(object));
  return [...labelled, ...(await unlabelledWorkloads(kube, inventory, labelled))];
}

/** The workloads among these entries of the inventory. */
export function workloadsOf(inventory: readonly InventoryEntry[]): InventoryEntry[] {
  return inventory.filter(({ kind }) => isWorkloadKind(kind));
}

async function unlabelledWorkloads(
  kube: KubeClient,
  inventory: readonly InventoryEntry[],
  labelled: readonly LiveObject[],
): Promise<LiveObject[]> {
  const seen = new Set(labelled.map(({ metadata }) => metadata.uid));
  const missing = inventory.filter(({ uid }) => !seen.has(uid));
  const found = await pMap(missing, (entry) => kube.get(entry), { concurrency: IN_FLIGHT });
  return found
    .filter((object) => object !== null)
    .filter(({ metadata }) => missing.some(({ uid }) => uid === metadata.uid));
}
