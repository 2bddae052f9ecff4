import { newId, uuidOf } from '#persistence';
import { type EntityManager } from 'typeorm';

import { type OperationKind } from '../tenants/operation.entity.js';

/** A tenant in its next generation. Ids are uuids, as in the database. */
export interface ChangedTenant {
  id: string;
  generation: number;
}

/**
 * Brings tenants to their next generation.
 * @param ids uuids; null is nobody's
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
 * Records the operations of one change of many tenants; those before them, if still open, are superseded.
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
  // The time of the statement and not of the transaction, which may have waited: operations that it found ended did
  // end before these began.
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

/** The uuid of a new id. */
export function newUuid(prefix: 'op' | 'hold'): string {
  const uuid = uuidOf(prefix, newId(prefix));
  if (uuid === null) throw new Error('a new id is not one');
  return uuid;
}
