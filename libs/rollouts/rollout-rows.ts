import { idOf, jsonOf } from '#persistence';
import { readPlanSpec } from '#plans';
import { type EntityManager } from 'typeorm';

import { type RolloutCounts, type RolloutDirection, type RolloutTenantState } from './rollout-status.js';
import { type Candidate, type Course, type Verdict } from './triage.js';

/** The progress of the tenants of a rollout. */
export interface Tally {
  counts: RolloutCounts;
  /** Failed in the requested direction. */
  failures: number;
  /** The first wave with a tenant pending or in flight. */
  wave: number | null;
}

/** @param rolloutId uuid, as everywhere in this file. */
export async function tallyOf(
  manager: EntityManager,
  rolloutId: string | null,
  direction: RolloutDirection,
): Promise<Tally> {
  const [row] = await manager.query<(RolloutCounts & { failures: number; wave: number | null })[]>(
    `SELECT count(*) FILTER (WHERE state = 'pending')::int AS pending,
       count(*) FILTER (WHERE state = 'updating')::int AS updating,
       count(*) FILTER (WHERE state = 'succeeded')::int AS succeeded,
       count(*) FILTER (WHERE state = 'failed')::int AS failed,
       count(*) FILTER (WHERE state = 'skipped')::int AS skipped,
       count(*) FILTER (WHERE state = 'rolled_back')::int AS rolled_back,
       count(*) FILTER (WHERE state = 'failed' AND direction = $2)::int AS failures,
       min(wave) FILTER (WHERE state IN ('pending', 'updating')) AS wave
     FROM rollout_tenants WHERE rollout_id = $1`,
    [rolloutId, direction],
  );
  if (row === undefined) throw new Error('an aggregate without a row');
  const { failures, wave, ...counts } = row;
  return { counts, failures, wave };
}

/**
 * Records the results of tenants in flight whose operation has ended. A superseded operation has not moved its tenant;
 * if the newer change has the same version, its operation is followed instead. A single statement, so that tenant and
 * operations are read in one snapshot.
 * @returns the number of tenants that now follow a newer operation, which can have ended already.
 */
export async function collectEnded(manager: EntityManager, rolloutId: string, course: Course): Promise<number> {
  const [rows] = await manager.query<[{ state: RolloutTenantState }[], number]>(
    `WITH ended AS (
       SELECT r.tenant_id, r.direction, o.state, o.error, o.finished_at, newest.id AS newest_id, t.slug,
         t.deletion_requested_at IS NOT NULL AS deleting, t.plan_id, t.plan_version,
         t.plan_id = $2 AND t.plan_version = CASE r.direction WHEN 'back' THEN r.previous_version ELSE $3 END AS stands
       FROM rollout_tenants r
       JOIN operations o ON o.id = r.operation_id
       JOIN tenants t ON t.id = r.tenant_id
       LEFT JOIN LATERAL (
         SELECT n.id FROM operations n WHERE n.tenant_id = r.tenant_id AND n.id > o.id ORDER BY n.id DESC LIMIT 1
       ) newest ON o.state IN ('superseded', 'cancelled')
       WHERE r.rollout_id = $1 AND r.state = 'updating' AND o.finished_at IS NOT NULL
     ), judged AS (
       SELECT *, CASE
         WHEN state = 'failed' THEN 'failed'
         WHEN state = 'succeeded' AND direction = 'back' THEN 'rolled_back'
         WHEN state = 'succeeded' THEN 'succeeded'
         WHEN stands AND NOT deleting AND newest_id IS NOT NULL THEN 'updating'
         WHEN state = 'cancelled' AND stands THEN 'failed'
         ELSE 'skipped' END AS verdict
       FROM ended)
     UPDATE rollout_tenants r SET
       state = j.verdict,
       operation_id = CASE WHEN j.verdict = 'updating' THEN j.newest_id ELSE r.operation_id END,
       finished_at = CASE WHEN j.verdict <> 'updating' THEN j.finished_at END,
       error = CASE
         WHEN j.verdict = 'failed' AND j.state = 'cancelled' THEN
           jsonb_build_object('reason', 'OperationCancelled', 'message', 'The operation was cancelled on request.')
         WHEN j.verdict = 'failed' THEN jsonb_build_object('reason', coalesce(j.error->>'reason', 'InternalError'),
           'message', coalesce(j.error->>'message', 'The operation failed.'))
         WHEN j.verdict = 'skipped' AND j.deleting THEN jsonb_build_object('reason', 'tenant.deleting',
           'message', format('The tenant "%s" is being deleted and cannot be changed.', j.slug))
         WHEN j.verdict = 'skipped' THEN jsonb_build_object('reason', 'PlanChanged',
           'message', format('Another change moved the tenant "%s" to version %s of the plan "%s".',
             j.slug, j.plan_version, j.plan_id)) END
     FROM judged j WHERE r.rollout_id = $1 AND r.tenant_id = j.tenant_id
     RETURNING r.state`,
    [rolloutId, course.planId, course.toVersion],
  );
  return rows.filter(({ state }) => state === 'updating').length;
}

/** Tenants of a wave that are next. Parameters: the rollout, the wave, the maximum number. */
const NEXT = `
  SELECT tenant_id FROM rollout_tenants
  WHERE rollout_id = $1 AND state = 'pending' AND wave = $2 ORDER BY position LIMIT $3`;

/** Returns the next tenants of a wave in order, locked until the transaction ends. The rollout is locked already. */
export async function lockCandidates(
  manager: EntityManager,
  rolloutId: string,
  course: Course,
  { wave, limit }: { wave: number; limit: number },
): Promise<Candidate[]> {
  // Locks in the order that all transactions keep, and in a separate statement: one that waits for a lock sees the new
  // tenant, but its holds as they were before.
  await manager.query(`SELECT FROM tenants WHERE id = ANY (ARRAY(${NEXT})) ORDER BY id FOR UPDATE`, [
    rolloutId,
    wave,
    limit,
  ]);
  const rows = await manager.query<(Omit<Candidate, 'maxEnvironments' | 'mesh'> & { spec: string })[]>(
    `SELECT r.tenant_id AS "tenantId", t.slug, t.plan_id AS "planId", t.plan_version AS "planVersion",
       r.previous_version AS "previousVersion", r.operation_id IS NOT NULL AS moved,
       t.deletion_requested_at AS "deletionRequestedAt", t.deletes_at AS "deletesAt", t.deletion_suspends AS "deletionSuspends",
       (SELECT jsonb_build_object('id', h.id, 'source', h.source) FROM holds h
         WHERE h.tenant_id = t.id AND h.lifted_at IS NULL AND h.effect = 'freeze' ORDER BY h.id LIMIT 1) AS freeze,
       (SELECT count(*)::int FROM environments e WHERE e.tenant_id = t.id) AS environments,
       v.spec::text AS spec,
       (SELECT c.facts FROM clusters c WHERE c.id = t.cluster_id) AS facts
     FROM rollout_tenants r
     JOIN tenants t ON t.id = r.tenant_id
     JOIN plan_versions v ON v.plan_id = $2
       AND v.version = CASE r.direction WHEN 'back' THEN r.previous_version ELSE $3 END
     WHERE r.rollout_id = $1 AND r.state = 'pending' AND r.wave = $4
     ORDER BY r.position LIMIT $5`,
    [rolloutId, course.planId, course.toVersion, wave, limit],
  );
  return rows.map(({ spec, freeze, ...row }) => {
    const { environments, mesh } = readPlanSpec(spec);
    const hold = freeze && { ...freeze, id: idOf('hold', freeze.id) };
    return { ...row, freeze: hold, maxEnvironments: environments.max, mesh };
  });
}

/** Writes down what was decided about candidates. The time is that of the statement: see `CHANGE_TENANTS`. */
export async function writeVerdicts(
  manager: EntityManager,
  rolloutId: string,
  verdicts: readonly Verdict[],
  operations: ReadonlyMap<string, string>,
): Promise<void> {
  const rows = verdicts.map((verdict) =>
    verdict.kind === 'move'
      ? { id: verdict.tenantId, state: 'updating', operation: operations.get(verdict.tenantId) ?? null, error: null }
      : { id: verdict.tenantId, state: verdict.kind, operation: null, error: verdict.error },
  );
  await manager.query(
    `UPDATE rollout_tenants r SET
       state = v.state,
       operation_id = coalesce(v.operation, r.operation_id),
       error = v.error,
       started_at = CASE WHEN v.operation IS NULL THEN r.started_at ELSE statement_timestamp() END,
       finished_at = CASE WHEN v.operation IS NULL THEN statement_timestamp() END
     FROM jsonb_to_recordset($2::jsonb) AS v(id uuid, state text, operation uuid, error jsonb)
     WHERE r.rollout_id = $1 AND r.tenant_id = v.id`,
    [rolloutId, jsonOf(rows)],
  );
}
