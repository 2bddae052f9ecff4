import { type ClusterFacts } from '#isolation';
import { type PlanSpec } from '#plans';
import { DomainError } from '#problems';
import { checkEnvironmentCount, demandCapabilities, type Hold, refuseFrozen, refuseWhileDeleting } from '#tenancy';

import { type RolloutDirection, type RolloutTenantError } from './rollout-status.js';

/** A locked tenant that is next in the rollout. Ids are uuids, as in the database. */
export interface Candidate {
  tenantId: string;
  slug: string;
  /** Current version. */
  planId: string;
  planVersion: number;
  /** Version when the rollout was created. */
  previousVersion: number;
  /** Whether the rollout has changed the tenant before. */
  moved: boolean;
  deletionRequestedAt: Date | null;
  deletesAt: Date | null;
  deletionSuspends: boolean;
  /** A hold that forbids changes; null if there is none. */
  freeze: Pick<Hold, 'id' | 'source'> | null;
  environments: number;
  /** Limit of the target version. */
  maxEnvironments: number;
  /** Mesh requirements of the target version. */
  mesh: PlanSpec['mesh'];
  /** Facts of the tenant's cluster. */
  facts: Pick<ClusterFacts, 'mesh' | 'knowsGatewayApi'> | null;
}

/** The properties of a rollout that matter for a tenant. */
export interface Course {
  planId: string;
  toVersion: number;
  direction: RolloutDirection;
}

/** The verdict on a candidate. */
export type Verdict =
  | { kind: 'move'; tenantId: string; version: number }
  | { kind: 'failed' | 'skipped'; tenantId: string; error: RolloutTenantError };

/**
 * Judges candidates in order and stops after one failure too many: later candidates stay pending.
 * @param failuresLeft how many candidates can fail.
 */
export function triage(course: Course, candidates: readonly Candidate[], failuresLeft: number): Verdict[] {
  const verdicts: Verdict[] = [];
  let left = failuresLeft;
  for (const candidate of candidates) {
    if (left < 0) break;
    const verdict = verdictOn(course, candidate);
    if (verdict.kind === 'failed') left -= 1;
    verdicts.push(verdict);
  }
  return verdicts;
}

function verdictOn(course: Course, candidate: Candidate): Verdict {
  const { tenantId, maxEnvironments } = candidate;
  const refusal = problemOf(() => {
    refuseChange(candidate);
  });
  if (refusal !== null) return { kind: 'skipped', tenantId, error: refusal };
  if (!isWhereExpected(course, candidate)) return { kind: 'skipped', tenantId, error: planChanged(candidate) };
  const plan = { planId: course.planId, spec: { environments: { max: maxEnvironments }, mesh: candidate.mesh } };
  const excess = problemOf(() => {
    checkEnvironmentCount(plan, candidate.environments, '/toVersion');
    // A rollback is always possible.
    if (course.direction === 'forward') demandCapabilities(plan, candidate.facts, '/toVersion');
  });
  if (excess !== null) return { kind: 'failed', tenantId, error: excess };
  return { kind: 'move', tenantId, version: targetOf(course, candidate) };
}

/**
 * Checks what forbids every change of a tenant, whatever its plan.
 * @throws `tenant.deleting`, `tenant.frozen`
 */
function refuseChange({ freeze, ...tenant }: Candidate): void {
  refuseWhileDeleting(tenant);
  if (freeze !== null) refuseFrozen({ slug: tenant.slug, holds: [{ ...freeze, effect: 'freeze' }] });
}

/** Returns the problem of a failed check; null if it passes. */
function problemOf(check: () => void): RolloutTenantError | null {
  try {
    check();
    return null;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { reason: error.code, message: error.message };
  }
}

/** Checks that only this rollout has changed the tenant's plan version. A retried tenant has already been moved. */
function isWhereExpected(course: Course, candidate: Candidate): boolean {
  const { planId, planVersion, previousVersion, moved } = candidate;
  if (planId !== course.planId) return false;
  if (course.direction === 'forward' && !moved) return planVersion === previousVersion;
  return planVersion === course.toVersion || planVersion === targetOf(course, candidate);
}

function targetOf({ direction, toVersion }: Course, { previousVersion }: Candidate): number {
  return direction === 'back' ? previousVersion : toVersion;
}

function planChanged({ slug, planId, planVersion }: Candidate): RolloutTenantError {
  const message = `Another change moved the tenant "${slug}" to version ${planVersion} of the plan "${planId}".`;
  return { reason: 'PlanChanged', message };
}
