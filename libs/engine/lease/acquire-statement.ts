import { DESIRED_TENANT } from '#tenancy';

import { REMEMBERED_WORKLOADS } from './remembered-workload.js';

/** What was applied for a tenant `t`, as JSON. */
export const INVENTORY = `
    (SELECT coalesce(jsonb_agg(jsonb_build_object('apiVersion', o.api_version, 'kind', o.kind, 'namespace', o.namespace,
        'name', o.name, 'uid', o.uid, 'renderedHash', o.rendered_hash, 'fingerprint', o.fingerprint)), '[]')
      FROM tenant_objects o WHERE o.tenant_id = t.id)`;

/** The columns of a `LeasedTenant`, of a tenant `t` and the version `v` of its plan. */
export const SNAPSHOT = `${DESIRED_TENANT},
    t.lease_epoch AS epoch, t.phase, t.observed_generation AS "observedGeneration",
    t.failure_count AS "failureCount", t.conditions, t.deletion_requested_at IS NOT NULL AS "deletionRequested",
    t.deletion_requested_at IS NULL AND t.deletion_scheduled_at IS NOT NULL AS "deletionScheduled",
    t.isolation_findings AS "isolationFindings", ${INVENTORY} AS inventory, ${REMEMBERED_WORKLOADS} AS "suspendedWorkloads",
    coalesce((SELECT o.steps FROM operations o WHERE o.tenant_id = t.id AND o.finished_at IS NULL), '[]') AS steps`;

/** As an update of a row locks it: whoever only refers to the tenant, such as a new operation, is not in the way. */
export type RowLock = 'FOR NO KEY UPDATE' | 'FOR NO KEY UPDATE SKIP LOCKED';

/** Tenants that are named. Parameters: ids, owners, and how long each lease lasts. */
const named = (lock: RowLock): string => `
  free AS (
    SELECT id FROM tenants WHERE id = ANY($1::uuid[]) ${lock}
  ), asked AS (
    SELECT id, owner, lasting FROM unnest($1::uuid[], $2::text[], $3::interval[]) AS named(id, owner, lasting)
  )`;

/**
 * Tenants that somebody has changed and whose time has come, the longest waiting first. Parameters: how many at most,
 * the owner of their leases, and how long they last.
 */
const CHANGED = `
  free AS (
    SELECT id FROM tenants
    WHERE generation > observed_generation AND deleted_at IS NULL AND cancelled_generation IS DISTINCT FROM generation
      AND next_reconcile_at <= now() AND (lease_until IS NULL OR lease_until <= now())
    ORDER BY next_reconcile_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
  ), asked AS (
    SELECT id, $2::text AS owner, $3::interval AS lasting FROM free
  )`;

/**
 * Takes the leases of tenants, says what is going on (phase, operation) and reads the snapshots, in one round trip.
 * A row for each tenant that there is and whose row was not left out, with what was `asked` for; its other columns are null where the lease was not to be had.
 * The new epoch fences off an earlier holder that only seems dead: its writes no longer match.
 * A lease that a crash of the database takes with it costs a pass, so nobody waits for the disk; because an epoch could
 * then be given out twice, it is never lower than the time in microseconds.
 * `next_reconcile_at` follows the lease, so that the sweeper takes over from a holder that dies.
 *
 * A statement that waited for a change of the row sees the new row, and all other tables as they were before that
 * change (Postgres, Read Committed): a hold of this very generation would be missing. `fresh` says that the row was the
 * same at the start, and nobody's.
 */
const acquire = (chosen: string): string => `
  WITH ${chosen}, leased AS (
    UPDATE tenants SET
      lease_owner = asked.owner,
      lease_until = now() + asked.lasting,
      next_reconcile_at = now() + asked.lasting,
      lease_epoch = greatest(lease_epoch + 1, (extract(epoch FROM clock_timestamp()) * 1e6)::bigint),
      phase = CASE
        WHEN deletion_requested_at IS NOT NULL THEN 'deleting'
        WHEN observed_generation = generation THEN phase
        WHEN observed_generation = 0 THEN 'provisioning'
        ELSE 'updating' END,
      revision = revision + CASE WHEN observed_generation = generation THEN 0 ELSE 1 END
    FROM (SELECT set_config('synchronous_commit', 'off', true)) AS without_waiting_for_the_disk, asked
    WHERE tenants.id = ANY(ARRAY(SELECT id FROM free)) AND asked.id = tenants.id AND deleted_at IS NULL AND cancelled_generation IS DISTINCT FROM generation
      AND (lease_until IS NULL OR lease_until <= now())
    RETURNING tenants.*
  ), running AS (
    UPDATE operations SET state = 'running'
    WHERE tenant_id IN (SELECT id FROM leased) AND state = 'pending'
  )
  SELECT free.id AS asked, ${SNAPSHOT},
    (SELECT s.lease_owner IS NULL AND s.generation = t.generation FROM tenants s WHERE s.id = t.id) AS fresh
  FROM free LEFT JOIN leased t ON t.id = free.id LEFT JOIN plan_versions v ON v.plan_id = t.plan_id AND v.version = t.plan_version`;

/** Waits for whoever is changing one of the tenants. */
export const ACQUIRE = { name: 'acquire-lease', text: acquire(named('FOR NO KEY UPDATE')) };

/** Leaves out tenants that somebody is changing, so that of many that are taken together none waits, nor two for each other. */
export const ACQUIRE_UNLOCKED = { name: 'acquire-leases', text: acquire(named('FOR NO KEY UPDATE SKIP LOCKED')) };

/** Takes no part in what others are doing to a tenant, and leaves out tenants whose leases are held. */
export const ACQUIRE_CHANGED = { name: 'acquire-changed', text: acquire(CHANGED) };
