import { type DeletionStatement } from '#certificates';
import { TENANT_ID_LABEL } from '#isolation';

import { type LeasedTenant } from '../lease/leased-tenant.js';
import { type DeletionEvidence } from '../pass/pass-result.js';
import { type StepLog } from '../pass/steps.js';

/** What the database knows of a deletion that the engine does not. */
export interface DeletionRecord {
  externalId: string | null;
  operationId: string | null;
  requestedAt: Date;
  requestedBy: string;
  startedAt: Date;
  finishedAt: Date;
}

/** Puts the statement of a deletion certificate together. */
export function statementOf(
  tenant: LeasedTenant,
  evidence: DeletionEvidence,
  steps: StepLog,
  record: DeletionRecord,
): DeletionStatement {
  const { id, slug, plan } = tenant;
  const { externalId, operationId, requestedBy } = record;
  return {
    type: 'bulkhead.io/deletion-certificate',
    version: 1,
    tenant: { id, slug, externalId, plan: { id: plan.id, version: plan.version } },
    deletion: {
      ...{ operationId, requestedAt: record.requestedAt.toISOString(), requestedBy },
      ...{ startedAt: record.startedAt.toISOString(), finishedAt: record.finishedAt.toISOString() },
    },
    namespaces: tenant.environments.map(({ name: environment, namespace: name }) => ({
      ...{ environment, name },
      uid: tenant.inventory.find((entry) => entry.kind === 'Namespace' && entry.name === name)?.uid ?? null,
      ownedBySomebodyElse: evidence.namespacesOfOthers.includes(name),
    })),
    removed: removedOf(tenant, steps),
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
    .sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
  const byKind: Record<string, number> = {};
  for (const { apiVersion, kind } of objects) {
    byKind[`${apiVersion}/${kind}`] = (byKind[`${apiVersion}/${kind}`] ?? 0) + 1;
  }
  const emptied = steps.all().filter(({ object, state }) => object.endsWith('/*') && state === 'succeeded');
  const workloads = [...new Set(emptied.map(({ object }) => object))].sort();
  return { count: objects.length, byKind, objects, workloads };
}

function keyOf(object: { apiVersion: string; kind: string; namespace: string; name: string }): string {
  return [object.apiVersion, object.kind, object.namespace, object.name].join('/');
}
