import { type EntityManager } from 'typeorm';

import { beginMany } from './operations-of-many.js';

/** A tenant and the version of its plan that it shall have. Ids are uuids, as in the database. */
export interface PlanVersionChange {
  tenantId: string;
  version: number;
}

/**
 * Changes the plan version of many tenants at once, by the rules of every change of a tenant (see `TenantChanges`):
 * the next generation and revision, due at once, and an operation that supersedes an open one. The
 * caller has locked the tenants, has made sure that they may be changed, and wakes them after the commit.
 * @param requestedBy the principal who asked.
 * @returns uuid of the operation by uuid of its tenant.
 */
export async function changePlanVersions(
  manager: EntityManager,
  requestedBy: string,
  changes: readonly PlanVersionChange[],
): Promise<Map<string, string>> {
  const tenantIds = changes.map(({ tenantId }) => tenantId);
  const [changed] = await manager.query<[{ id: string; generation: number }[], number]>(
    `UPDATE tenants t SET plan_version = c.version, generation = t.generation + 1, revision = t.revision + 1,
       failure_count = 0, next_reconcile_at = now(), updated_at = now()
     FROM unnest($1::uuid[], $2::integer[]) AS c(id, version) WHERE t.id = c.id
     RETURNING t.id, t.generation`,
    [tenantIds, changes.map(({ version }) => version)],
  );
  return beginMany(manager, requestedBy, 'update', changed);
}
