import { type EntityManager } from 'typeorm';

import { beginMany } from './operations-of-many.js';

/** A tenant and its new plan version. Ids are uuids, as in the database. */
export interface PlanVersionChange {
  tenantId: string;
  version: number;
}

/**
 * Changes the plan version of many tenants at once, like every change of a tenant (see `TenantChanges`): raises
 * generation and revision, makes the tenants due at once, and creates operations that supersede open ones. The caller
 * must have locked the tenants and checked that they can be changed, and must wake the workers after the commit.
 * @param requestedBy the requesting principal.
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
