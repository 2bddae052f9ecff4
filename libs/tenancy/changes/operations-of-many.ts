import { newId, uuidOf } from '#persistence';
import { type EntityManager } from 'typeorm';

import { type OperationKind } from '../tenants/operation.entity.js';

/** A tenant at its next generation. Ids are uuids, as in the database. */
export interface ChangedTenant {
  id: string;
  generation: number;
}

/**
 * Raises the generation of tenants.
 * @param ids uuids; null matches no tenant
 */
export async function raiseGenerations(
  manager: EntityManager,
  ids: readonly (string | null)[],
): Promise<ChangedTenant[]> {
  const [changed] = await manager.query<[ChangedTenant[], number]>(
    `UPDATE tenants SET generation = generation + 1, revision = revision + 1, failure_count = 0,
       next_reconcile_at = now(), updated_at = now() WHERE id = ANY($1::uuid[]) RETURNING id, generation`,
    [ids],
  );
  return changed;
}

/**
 * Creates the operations of a change of many tenants and supersedes the open ones.
 * @returns uuid of the operation by uuid of its tenant.
 */
export async function beginMany(
  manager: EntityManager,
  requestedBy: string,
  kind: OperationKind,
  changed: readonly ChangedTenant[],
): Promise<Map<string, string>> {
  await manager.query(
    `UPDATE operations SET state = 'superseded', finished_at = now()
     WHERE tenant_id = ANY($1::uuid[]) AND finished_at IS NULL`,
    [changed.map(({ id }) => id)],
  );
  const operations = changed.map(({ id, generation }) => ({ tenantId: id, generation, id: newUuid('op') }));
  // The time of the statement instead of the transaction, which can have waited for locks: operations that had ended
  // by then must end before these begin.
  await manager.query(
    `INSERT INTO operations (id, tenant_id, kind, state, generation, requested_by, created_at)
     SELECT o.id, o.tenant_id, $5, 'pending', o.generation, $4, statement_timestamp()
     FROM unnest($1::uuid[], $2::uuid[], $3::integer[]) AS o(id, tenant_id, generation)`,
    [
      operations.map(({ id }) => id),
      operations.map(({ tenantId }) => tenantId),
      operations.map(({ generation }) => generation),
      requestedBy,
      kind,
    ],
  );
  return new Map(operations.map(({ tenantId, id }) => [tenantId, id]));
}

/** Returns the uuid of a new id. */
export function newUuid(prefix: 'op' | 'hold'): string {
  const uuid = uuidOf(prefix, newId(prefix));
  if (uuid === null) throw new Error('a new id is not one');
  return uuid;
}
