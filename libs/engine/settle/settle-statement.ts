import {
  type Condition,
  type OperationError,
  type OperationState,
  type OperationStep,
  type TenantPhase,
} from '#tenancy';

import { type RowLock } from '../lease/acquire-statement.js';
import { type InventoryEntry } from '../lease/leased-tenant.js';

/** The result of one pass, as the statement reads it. */
export interface SettledRow {
  /** The tenant's id as a uuid. */
  id: string;
  /** Epoch of the pass's lease; if it is no longer current, nothing is written. */
  epoch: string;
  generation: number;
  /** Wakes of the tenant that the pass has answered. */
  wakes: number;
  phase: TenantPhase;
  conditions: readonly Condition[];
  observed: boolean;
  failureCount: number;
  /** Refusals without another change in between, this pass's included. */
  refusals: number;
  /** Interval until the next pass; null: not before the next change. */
  nextIn: string | null;
  deleted: boolean;
  removed: readonly Pick<InventoryEntry, 'apiVersion' | 'kind' | 'namespace' | 'name'>[];
  applied: readonly InventoryEntry[];
  /** State of the operation; null: it goes on, with the error it has. */
  state: OperationState | null;
  steps: readonly OperationStep[];
  /** Steps dropped since the last write. */
  dropped: number;
  error: OperationError | null;
  /** True if the result must outlast a crash of the database. */
  durable: boolean;
}

/**
 * Does not wait for the disk, unless a pass demands it. A volatile function in a subquery is called even though nobody
 * reads its result.
 */
const WITHOUT_DISK = `
    (SELECT CASE WHEN NOT (SELECT bool_or(durable) FROM given) THEN set_config('synchronous_commit', 'off', true) END)
      AS without_waiting_for_the_disk,`;

/**
 * Writes tenants, inventories and operations in one statement: most passes need only this one round trip, and passes
 * that end together share it. Takes one parameter, an array of `SettledRow`; returns a row for each pass that was
 * written. The array can contain two passes over one tenant, the older one without its lease: everything is written
 * from the row that matched, never by the tenant's id alone. A change or a wake that arrived during a pass gets its own
 * pass at once, and a change keeps its phase.
 */
const settle = (lock: RowLock, commit = ''): string => `
  WITH given AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS passes(id uuid, epoch bigint, generation integer, wakes integer, phase text,
      conditions jsonb, observed boolean, "failureCount" integer, refusals integer, "nextIn" interval, deleted boolean, removed jsonb,
      applied jsonb, state text, steps jsonb, dropped integer, error jsonb, durable boolean)
  ), free AS (
    SELECT id FROM tenants WHERE id = ANY(ARRAY(SELECT id FROM given)) ${lock}
  ), settled AS (
    UPDATE tenants t SET
      phase = CASE WHEN t.generation = g.generation THEN g.phase ELSE t.phase END,
      conditions = g.conditions,
      observed_generation = CASE WHEN g.observed THEN g.generation ELSE observed_generation END,
      observed_at = CASE WHEN g.observed THEN now() ELSE observed_at END,
      failure_count = CASE WHEN t.generation = g.generation THEN g."failureCount" ELSE t.failure_count END,
      refusals = CASE WHEN g.state IS NULL THEN t.refusals ELSE g.refusals END,
      refused_since = CASE WHEN g.state IS NULL THEN t.refused_since WHEN g.refusals = 0 THEN NULL
        WHEN g.refusals = 1 THEN now() ELSE coalesce(t.refused_since, now()) END,
      next_reconcile_at = CASE WHEN t.generation = g.generation AND t.wakes = g.wakes THEN now() + g."nextIn" ELSE now() END,
      lease_owner = NULL, lease_until = NULL,
      deleted_at = CASE WHEN g.deleted THEN now() END,
      updated_at = CASE WHEN t.phase = g.phase AND t.conditions = g.conditions THEN updated_at ELSE now() END,
      revision = revision + CASE WHEN t.phase = g.phase AND t.conditions = g.conditions THEN 0 ELSE 1 END
    FROM ${commit} free JOIN given g ON g.id = free.id
    WHERE t.id = free.id AND t.lease_epoch = g.epoch AND t.cancelled_generation IS DISTINCT FROM g.generation
    RETURNING g.*
  ), removed AS (
    DELETE FROM tenant_objects o
    USING settled,
      jsonb_to_recordset(settled.removed) AS gone("apiVersion" text, kind text, namespace text, name text)
    WHERE o.tenant_id = settled.id AND o.api_version = gone."apiVersion" AND o.kind = gone.kind
      AND o.namespace = gone.namespace AND o.name = gone.name
  ), applied AS (
    INSERT INTO tenant_objects (tenant_id, api_version, kind, namespace, name, uid, rendered_hash, fingerprint)
    SELECT settled.id, "apiVersion", kind, namespace, name, uid, "renderedHash", fingerprint
    FROM settled, jsonb_to_recordset(settled.applied) AS seen("apiVersion" text, kind text, namespace text, name text,
      uid text, "renderedHash" text, fingerprint text)
    ON CONFLICT ON CONSTRAINT tenant_objects_pkey DO UPDATE SET uid = excluded.uid,
      rendered_hash = excluded.rendered_hash, fingerprint = excluded.fingerprint, applied_at = now()
  ), ended AS (
    UPDATE operations o SET state = coalesce(settled.state, o.state), steps = settled.steps,
      steps_dropped = o.steps_dropped + settled.dropped,
      error = CASE WHEN settled.state IS NULL THEN o.error ELSE settled.error END,
      finished_at = CASE WHEN settled.state <> 'running' THEN now() END
    FROM settled WHERE o.tenant_id = settled.id AND o.generation = settled.generation AND o.finished_at IS NULL
  )
  SELECT id, epoch FROM settled`;

/** Waits for concurrent changes of the tenants, and its transaction for the disk. */
export const SETTLE = { name: 'settle', text: settle('FOR NO KEY UPDATE') };

/**
 * Skips tenants with a concurrent change, so that passes that end together never wait, nor deadlock. A result that is
 * lost in a crash of the database costs another pass, as if the worker had died before it settled.
 */
export const SETTLE_UNLOCKED = { name: 'settle-many', text: settle('FOR NO KEY UPDATE SKIP LOCKED', WITHOUT_DISK) };
