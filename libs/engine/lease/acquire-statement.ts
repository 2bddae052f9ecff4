import { DESIRED_TENANT } from '#tenancy';

import { REMEMBERED_WORKLOADS } from './remembered-workload.js';

/** The inventory of a tenant `t`, as JSON. */
export const INVENTORY = `
    (SELECT coalesce(jsonb_agg(jsonb_build_object('apiVersion', o.api_version, 'kind', o.kind, 'namespace', o.namespace,
        'name', o.name, 'uid', o.uid, 'renderedHash', o.rendered_hash, 'fingerprint', o.fingerprint)), '[]')
      FROM tenant_objects o WHERE o.tenant_id = t.id)`;

/** Refusals of the passes over a tenant `t`. A change resets the count of failures, and thereby these. */
const REFUSALS = `
    CASE WHEN t.failure_count = 0 OR t.refused_since IS NULL THEN jsonb_build_object('count', 0, 'forMs', 0)
      ELSE jsonb_build_object('count', t.refusals,
        'forMs', (extract(epoch FROM now() - t.refused_since) * 1000)::bigint) END`;

/** The columns of a `LeasedTenant`, of a tenant `t` and the version `v` of its plan. */
export const SNAPSHOT = `${DESIRED_TENANT},
    t.lease_epoch AS epoch, t.wakes, t.phase, t.observed_generation AS "observedGeneration",
    t.failure_count AS "failureCount", ${REFUSALS} AS refusals, t.conditions, t.deletion_requested_at IS NOT NULL AS "deletionRequested",
    t.deletion_requested_at IS NULL AND t.deletion_scheduled_at IS NOT NULL AS "deletionScheduled",
    t.isolation_findings AS "isolationFindings", ${INVENTORY} AS inventory, ${REMEMBERED_WORKLOADS} AS "suspendedWorkloads",
    ARRAY(SELECT h.host FROM hosts h WHERE h.tenant_id = t.id AND h.removed_in > t.observed_generation ORDER BY h.host) AS "releasedHosts",
    coalesce((SELECT o.steps FROM operations o WHERE o.tenant_id = t.id AND o.finished_at IS NULL), '[]') AS steps`;

/** The lock of an update: it does not conflict with rows that only refer to the tenant, such as a new operation. */
export type RowLock = 'FOR NO KEY UPDATE' | 'FOR NO KEY UPDATE SKIP LOCKED';

/** Tenants by id. Parameters: ids, owners, and durations of the leases. */
const named = (lock: RowLock): string => `
  free AS (
    SELECT id FROM tenants WHERE id = ANY($1::uuid[]) ${lock}
  ), asked AS (
    SELECT id, owner, lasting FROM unnest($1::uuid[], $2::text[], $3::interval[]) AS named(id, owner, lasting)
  )`;

/**
 * Changed tenants that are due, the longest waiting first. Parameters: maximum number, owner and duration of the
 * leases.
 */
const changed = (which = ''): string => `
  free AS (
    SELECT id FROM tenants
    WHERE generation > observed_generation AND deleted_at IS NULL AND cancelled_generation IS DISTINCT FROM generation
      AND next_reconcile_at <= now() AND (lease_until IS NULL OR lease_until <= now()) ${which}
    ORDER BY next_reconcile_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
  ), asked AS (
    SELECT id, $2::text AS owner, $3::interval AS lasting FROM free
  )`;

/**
 * Takes the leases of tenants, updates phase and operation, and reads the snapshots, in one round trip. Returns a row
 * for each tenant that exists and was not skipped, with the id that was `asked` for; its other columns are null if the
 * lease is held by another pass. The new epoch fences off an earlier holder that only seems dead: its writes no longer
 * match. A lease lost in a crash of the database costs only a pass, so the statement does not wait for the disk;
 * because an epoch could then be issued twice, it is never lower than the time in microseconds. `next_reconcile_at`
 * follows the lease, so that the sweeper takes over from a holder that dies.
 *
 * A statement that waited for a change of the row sees the new row, but all other tables as they were before that
 * change (Postgres, Read Committed): a hold of this very generation would be missing. `fresh` is true if the row was
 * the same at the start, and had no lease.
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

/** Waits for concurrent changes of the tenants. */
export const ACQUIRE = { name: 'acquire-lease', text: acquire(named('FOR NO KEY UPDATE')) };

/** Skips tenants with a concurrent change, so that leases taken together never wait, nor deadlock. */
export const ACQUIRE_UNLOCKED = { name: 'acquire-leases', text: acquire(named('FOR NO KEY UPDATE SKIP LOCKED')) };

/** Skips tenants with a concurrent change, and tenants whose leases are held. */
export const ACQUIRE_CHANGED = { name: 'acquire-changed', text: acquire(changed()) };

/** The same, but skips the tenants of some clusters, whose ids are a further parameter. */
export const ACQUIRE_CHANGED_ELSEWHERE = {
  name: 'acquire-changed-elsewhere',
  text: acquire(changed('AND cluster_id <> ALL($4::uuid[])')),
};
