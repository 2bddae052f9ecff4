import { type Tenant } from '../tenants/tenant.entity.js';

/** Columns that a change can write in addition to its bookkeeping, by the entity's property. */
const columns = {
  displayName: 'display_name',
  externalId: 'external_id',
  planId: 'plan_id',
  planVersion: 'plan_version',
  members: 'members',
  labels: 'labels',
  deletionScheduledAt: 'deletion_scheduled_at',
  deletionScheduledBy: 'deletion_scheduled_by',
  deletesAt: 'deletes_at',
  deletionSuspends: 'deletion_suspends',
  deletionRequestedAt: 'deletion_requested_at',
} as const satisfies Partial<Record<keyof Tenant, string>>;

/**
 * New values of such columns; an absent one stays as it is. Without a phase the tenant gets that of a change that is not
 * carried out yet.
 */
export type TenantColumns = Partial<Pick<Tenant, keyof typeof columns | 'phase'>>;

const names = Object.values(columns);

/** The columns by their names in the database, as `CHANGE_TENANTS` takes them. */
export function byColumnName(values: TenantColumns): Record<string, unknown> {
  const known = Object.entries(columns) as [keyof typeof columns, string][];
  return { phase: values.phase, ...Object.fromEntries(known.map(([property, name]) => [name, values[property]])) };
}

/**
 * Changes tenants. $1 to $5 have one element a tenant: its id, the id of its new operation, who asked, the operation that
 * is tried again, the columns as JSON; $6 is the kind of the operations. They are arrays because Postgres expects a hundred
 * tenants of a list as JSON, and operations are found by `ANY` because in a join Postgres may read every open one.
 *
 * The tenants are locked by an earlier statement: one that waits here for another change would not see the operation that
 * the other began. `operations_unfinished_key` refuses such a change; it never leaves two open operations.
 *
 * An operation is created at the time of the statement and not of the transaction, which may have waited: operations that
 * it found ended did end before these began.
 */
export const CHANGE_TENANTS = `
  WITH asked AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::jsonb[])
      AS asked (id, operation, by, retry_of, columns)
  ), changed AS (
    UPDATE tenants t SET generation = t.generation + 1, revision = t.revision + 1, failure_count = 0,
      next_reconcile_at = now(), updated_at = now(),
      phase = coalesce(asked.columns ->> 'phase', CASE
        WHEN t.phase IN ('pending', 'deleting', 'deleted') THEN t.phase
        WHEN t.observed_generation = 0 THEN 'provisioning'
        ELSE 'updating' END),
      (${names.join(', ')}) = (
        SELECT ${names.map((name) => `n.${name}`).join(', ')} FROM jsonb_populate_record(t, asked.columns) n)
    FROM asked WHERE t.id = asked.id
    RETURNING t.id, t.generation, t.revision, t.phase, t.updated_at, asked.operation, asked.by, asked.retry_of
  ), superseded AS (
    UPDATE operations SET state = 'superseded', finished_at = now()
    WHERE tenant_id = ANY($1::uuid[]) AND finished_at IS NULL RETURNING id
  ), begun AS (
    INSERT INTO operations (id, tenant_id, kind, state, generation, requested_by, retry_of, created_at)
    SELECT operation, id, $6, 'pending', generation, by, retry_of, statement_timestamp() FROM changed
    -- Superseding comes first: of the parts of a statement, only one that reads another waits for it.
    WHERE (SELECT count(*) FROM superseded) >= 0
    RETURNING tenant_id, created_at
  )
  SELECT changed.id, generation, revision, phase, updated_at AS "updatedAt", operation AS "operationId",
    begun.created_at AS "operationCreatedAt"
  FROM changed JOIN begun ON begun.tenant_id = changed.id`;
