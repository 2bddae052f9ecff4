import { newId, uuidOf } from '#persistence';
import { type EntityManager } from 'typeorm';

import { wakeupDeadline } from './tenant-changes.js';

/** A tenant and the version of its plan that it shall have. Ids are uuids, as in the database. */
export interface PlanVersionChange {
  tenantId: string;
  version: number;
}

/**
 * Changes the plan version of many tenants at once, by the rules of every change of a tenant (see `TenantChanges`):
 * the next generation and revision, a deadline for the sweeper, and an operation that supersedes an open one. The
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
       failure_count = 0, next_reconcile_at = $3, updated_at = now()
     FROM unnest($1::uuid[], $2::integer[]) AS c(id, version) WHERE t.id = c.id
     RETURNING t.id, t.generation`,
    [tenantIds, changes.map(({ version }) => version), wakeupDeadline()],
  );
  await manager.query(
    `UPDATE operations SET state = 'superseded', finished_at = now()
     WHERE tenant_id = ANY($1::uuid[]) AND finished_at IS NULL`,
    [tenantIds],
  );
  const operations = changed.map(({ id, generation }) => ({ tenantId: id, generation, id: newOperationUuid() }));
  // The time of the statement and not of the transaction, which may have waited: operations that it found ended did
  // end before these began.
  await manager.query(
    `INSERT INTO operations (id, tenant_id, kind, state, generation, requested_by, created_at)
     SELECT o.id, o.tenant_id, 'update', 'pending', o.generation, $4, statement_timestamp()
     FROM unnest($1::uuid[], $2::uuid[], $3::integer[]) AS o(id, tenant_id, generation)`,
    [
      operations.map(({ id }) => id),
      operations.map(({ tenantId }) => tenantId),
      operations.map(({ generation }) => generation),
      requestedBy,
    ],
  );
  return new Map(operations.map(({ tenantId, id }) => [tenantId, id]));
}

function newOperationUuid(): string {
  const uuid = uuidOf('op', newId('op'));
  if (uuid === null) throw new Error('a new id is not one');
  return uuid;
}
