import { type DeletionStatement } from '#certificates';
import { TENANT_ID_LABEL } from '#isolation';

import { type LeasedTenant } from '../lease/leased-tenant.js';
import { type DeletionEvidence } from '../pass/findings.js';
import { type StepLog } from '../pass/steps.js';

/** Facts about a deletion that only the database has. */
export interface DeletionRecord {
  externalId: string | null;
  operationId: string | null;
  requestedAt: Date;
  requestedBy: string;
  startedAt: Date;
  finishedAt: Date;
}

/** Composes the statement of a deletion certificate. */
export function statementOf(
  tenant: LeasedTenant,
  evidence: DeletionEvidence,
  steps: StepLog,
  record: DeletionRecord,
): DeletionStatement {
  const { id, slug, plan } = tenant;
  const { externalId, operationId, requestedBy } = record;
  const removed = removedOf(tenant, steps);
  return {
    type: 'bulkhead.io/deletion-certificate',
    version: removed.forced === undefined ? 1 : 2,
    tenant: { id, slug, externalId, plan: { id: plan.id, version: plan.version } },
    deletion: {
      operationId,
      requestedAt: record.requestedAt.toISOString(),
      requestedBy,
      startedAt: record.startedAt.toISOString(),
      finishedAt: record.finishedAt.toISOString(),
    },
    namespaces: tenant.environments.map(({ name: environment, namespace: name }) => ({
      environment,
      name,
      uid: tenant.inventory.find((entry) => entry.kind === 'Namespace' && entry.name === name)?.uid ?? null,
      ownedBySomebodyElse: evidence.namespacesOfOthers.includes(name),
    })),
    removed,
    sweep: {
      cluster: tenant.clusterId,
      apiServerVersion: evidence.apiServerVersion,
      labelSelector: `${TENANT_ID_LABEL}=${id}`,
      resources: evidence.searched.map((resource) => ({ ...resource, found: 0 })),
      notLookedAt: evidence.notLookedAt,
    },
  };
}

function removedOf({ inventory }: LeasedTenant, steps: StepLog): DeletionStatement['removed'] {
  const objects = inventory
    .map(({ apiVersion, kind, namespace, name, uid }) => ({ apiVersion, kind, namespace, name, uid }))
    .sort((a, b) => sortKey(a).localeCompare(sortKey(b)));
  const byKind: Record<string, number> = {};
  for (const { apiVersion, kind } of objects) {
    byKind[`${apiVersion}/${kind}`] = (byKind[`${apiVersion}/${kind}`] ?? 0) + 1;
  }
  const emptied = steps.all().filter(({ object, state }) => object.endsWith('/*') && state === 'succeeded');
  const workloads = [...new Set(emptied.map(({ object }) => object))].sort();
  const forced = steps
    .all()
    .filter(({ name, object, state }) => name === 'prune' && state === 'succeeded' && isPod(object))
    .map(({ object }) => object)
    .sort();
  return { count: objects.length, byKind, objects, workloads, ...(forced.length > 0 && { forced }) };
}

/** Only pods that did not end in time are removed one by one. */
function isPod(object: string): boolean {
  return object.startsWith('v1/Pod/') && !object.endsWith('/*');
}

function sortKey(object: { apiVersion: string; kind: string; namespace: string; name: string }): string {
  return [object.apiVersion, object.kind, object.namespace, object.name].join('/');
}
