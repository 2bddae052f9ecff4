import { type EntityManager } from 'typeorm';

import { beginMany, type ChangedTenant } from './operations-of-many.js';

/**
 * Makes a change of each of these tenants out of what the caller has written beside their rows: the next generation and
 * revision, due at once, and an operation that supersedes an open one. The caller has locked the tenants,
 * has made sure that they may be changed, and wakes them after the commit.
 * @param requestedBy the principal who asked.
 * @param tenantIds uuids, as in the database.
 * @returns the new generation and the uuid of the operation, by uuid of the tenant.
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
