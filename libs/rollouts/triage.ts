import { type ClusterFacts } from '#isolation';
import { type PlanSpec } from '#plans';
import { DomainError } from '#problems';
import { checkEnvironmentCount, demandCapabilities, type Hold, refuseFrozen, refuseWhileDeleting } from '#tenancy';

import { type RolloutDirection, type RolloutTenantError } from './rollout-status.js';

/** A tenant whose turn it is, locked; ids are uuids, as in the database. */
export interface Candidate {
  tenantId: string;
  slug: string;
  /** What it is on now. */
  planId: string;
  planVersion: number;
  /** What it was on when the rollout was asked for. */
  previousVersion: number;
  /** The rollout has changed it before. */
  moved: boolean;
  deletionRequestedAt: Date | null;
  deletesAt: Date | null;
  /** A hold that forbids changes; null when there is none. */
  freeze: Pick<Hold, 'id' | 'source'> | null;
  environments: number;
  /** Of the version that it would move to. */
  maxEnvironments: number;
  /** What that version asks of a service mesh. */
  mesh: PlanSpec['mesh'];
  /** What is known of the tenant's cluster. */
  facts: Pick<ClusterFacts, 'mesh' | 'knowsGatewayApi'> | null;
}

/** The rollout, as far as it matters for one tenant. */
export interface Course {
  planId: string;
  toVersion: number;
  direction: RolloutDirection;
}

/** What becomes of a candidate. */
export type Verdict =
  | { kind: 'move'; tenantId: string; version: number }
  | { kind: 'failed' | 'skipped'; tenantId: string; error: RolloutTenantError };

/**
 * Decides about candidates in their order, and stops behind the failure that was one too many: who comes after it
 * stays pending.
 * @param failuresLeft how many may fail.
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
    // The way back is open in any case.
    if (course.direction === 'forward') demandCapabilities(plan, candidate.facts, '/toVersion');
  });
  if (excess !== null) return { kind: 'failed', tenantId, error: excess };
  return { kind: 'move', tenantId, version: targetOf(course, candidate) };
}

/**
 * What forbids every change of a tenant, whatever its plan.
 * @throws `tenant.deleting`, `tenant.frozen`
 */
function refuseChange({ freeze, ...tenant }: Candidate): void {
  refuseWhileDeleting(tenant);
  if (freeze !== null) refuseFrozen({ slug: tenant.slug, holds: [{ ...freeze, effect: 'freeze' }] });
}

/** The words of the problem that a check ends in; null when it passes. */
function problemOf(check: () => void): RolloutTenantError | null {
  try {
    check();
    return null;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { reason: error.code, message: error.message };
  }
}

/** Whether nobody but this rollout has changed the tenant's plan. One that failed and is tried again has moved. */
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
  const message = `Somebody else moved the tenant "${slug}" to version ${planVersion} of the plan "${planId}".`;
  return { reason: 'PlanChanged', message };
}
