import { type EntityManager } from 'typeorm';

import { beginMany, type ChangedTenant } from './operations-of-many.js';

/**
 * Completes a change that the caller wrote to other tables of these tenants: raises generation and revision, makes the
 * tenants due at once, and creates operations that supersede open ones. The caller must have locked the tenants and
 * checked that they can be changed, and must wake the workers after the commit.
 * @param requestedBy the requesting principal.
 * @param tenantIds uuids, as in the database.
 * @returns the new generation and the uuid of the operation by uuid of the tenant.
 */
export async function nextGenerations(
  manager: EntityManager,
  requestedBy: string,
  tenantIds: readonly string[],
): Promise<Map<string, { generation: number; operationId: string }>> {
  const [changed] = await manager.query<[ChangedTenant[], number]>(
    `UPDATE tenants SET generation = generation + 1, revision = revision + 1, failure_count = 0,
       next_reconcile_at = now(), updated_at = now()
     WHERE id = ANY($1::uuid[]) RETURNING id, generation`,
    [tenantIds],
  );
  const operations = await beginMany(manager, requestedBy, 'update', changed);
  return new Map(
    changed.flatMap(({ id, generation }) => {
      const operationId = operations.get(id);
      return operationId === undefined ? [] : [[id, { generation, operationId }] as const];
    }),
  );
}
