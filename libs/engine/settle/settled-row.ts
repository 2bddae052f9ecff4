import { isCutOff } from '#isolation';
import { uuidOf } from '#persistence';
import { type Condition, type OperationError, type OperationState, type TenantPhase } from '#tenancy';

import { type LeasedTenant } from '../lease/leased-tenant.js';
import { type Outcome } from '../pass/outcome.js';
import { type PassResult } from '../pass/pass-result.js';
import { conditionsAfter, conditionsOfDeleted } from './conditions.js';
import { jittered, lookAgainMs, retryPauseMs } from './pauses.js';
import { remainingDrift } from './remaining-drift.js';
import { type SettledRow } from './settle-statement.js';

/** The effect of a pass on the tenant's row. */
interface Verdict {
  phase: TenantPhase;
  conditions: Condition[];
  observed: boolean;
  failureCount: number;
  /** Null: no pass before the next change. */
  nextInMs: number | null;
}

/**
 * The result of a pass as the statement writes it. Takes the count of dropped steps from the log.
 * @param resyncMs pause before a converged tenant is compared again
 */
export function settledRow(tenant: LeasedTenant, result: PassResult, resyncMs: number): SettledRow {
  const { phase, conditions, observed, failureCount, nextInMs } = verdictOf(tenant, result, resyncMs);
  const { outcome, steps, applied, removed, deleted } = result;
  return {
    id: uuidOf('tenant', tenant.id) ?? '',
    epoch: tenant.epoch,
    generation: tenant.generation,
    wakes: tenant.wakes,
    phase,
    conditions,
    observed,
    failureCount,
    refusals: refusalsAfter(outcome, tenant.refusals.count),
    nextIn: nextInMs === null ? null : `${nextInMs} milliseconds`,
    deleted,
    removed,
    applied,
    state: stateAfter(outcome),
    steps: steps.all(),
    dropped: steps.takeDropped(),
    error: errorOf(outcome),
    durable: isCutOff(tenant),
  };
}

/**
 * The row of a pass that had to end: what it did to the cluster, and no conclusions from it. Drift that it found, and may
 * have healed, counts as open until the next pass. The tenant is due at once.
 */
export function unfinishedRow(tenant: LeasedTenant, result: PassResult): SettledRow {
  const { id, epoch, generation, wakes, phase, failureCount } = tenant;
  const { steps, applied, removed } = result;
  const conditions = result.drift === null ? tenant.conditions : withDrift(tenant, result);
  return {
    id: uuidOf('tenant', id) ?? '',
    epoch,
    generation,
    wakes,
    phase,
    conditions,
    observed: false,
    failureCount,
    refusals: tenant.refusals.count,
    nextIn: '0 milliseconds',
    deleted: false,
    removed,
    applied,
    state: null,
    steps: steps.all(),
    dropped: steps.takeDropped(),
    error: null,
    durable: false,
  };
}

/** The tenant's conditions, with drift that is open. */
function withDrift({ conditions, generation }: LeasedTenant, result: PassResult): Condition[] {
  const now = new Date().toISOString();
  const after = conditionsAfter(result.outcome, conditions, generation, now, remainingDrift(result));
  const others = conditions.filter(({ type }) => type !== 'DriftFree');
  return [...others, ...after.filter(({ type }) => type === 'DriftFree')];
}

/** The phase of a tenant that matches its desired state. */
export function phaseOf({ suspended, quarantined }: LeasedTenant['restriction']): TenantPhase {
  if (quarantined) return 'quarantined';
  return suspended ? 'suspended' : 'active';
}

/** A refusal counts on while other errors pass, unless they say that the cluster answers nothing at all. */
function refusalsAfter(outcome: Outcome, before: number): number {
  if (outcome.kind !== 'retry' && outcome.kind !== 'failed') return 0;
  if (outcome.refused) return before + 1;
  return outcome.kind === 'retry' && outcome.clusterReachable ? before : 0;
}

function stateAfter(outcome: Outcome): OperationState {
  if (outcome.kind === 'settled') return 'succeeded';
  return outcome.kind === 'failed' || outcome.overdue === true ? 'failed' : 'running';
}

/** The error of the operation; null if nothing is wrong. */
function errorOf(outcome: Outcome): OperationError | null {
  if (outcome.kind === 'settled') return null;
  const { reason, message, object, cause = null } = outcome.problem;
  const overdue = outcome.kind !== 'failed' && outcome.overdue === true;
  return { reason, message: overdue ? `Gave up after the operation deadline. ${message}` : message, object, cause };
}

function verdictOf(tenant: LeasedTenant, result: PassResult, resyncMs: number): Verdict {
  const { outcome, deleted } = result;
  const now = new Date().toISOString();
  const { generation, conditions: previous } = tenant;
  if (deleted) {
    const conditions = conditionsOfDeleted(previous, generation, now);
    return { phase: 'deleted', conditions, observed: true, failureCount: 0, nextInMs: null };
  }
  const conditions = conditionsAfter(outcome, previous, generation, now, remainingDrift(result));
  if (outcome.kind !== 'settled' && outcome.kind !== 'failed' && outcome.overdue === true) {
    const failureCount = tenant.failureCount + 1;
    return { phase: 'failed', conditions, observed: false, failureCount, nextInMs: jittered(resyncMs) };
  }
  switch (outcome.kind) {
    case 'settled': {
      const phase = phaseOf(tenant.restriction);
      const again = isCutOff(tenant) ? lookAgainMs(cutOffForMs(tenant, conditions, now)) : null;
      return { phase, conditions, observed: true, failureCount: 0, nextInMs: again ?? jittered(resyncMs) };
    }
    case 'waiting':
      return { phase: tenant.phase, conditions, observed: false, failureCount: 0, nextInMs: outcome.recheckAfterMs };
    case 'retry': {
      const failureCount = tenant.failureCount + 1;
      const nextInMs = retryPauseMs(failureCount, outcome.retryAfterMs ?? null);
      return { phase: tenant.phase, conditions, observed: false, failureCount, nextInMs };
    }
    case 'failed': {
      // A change that failed needs another change. A tenant that matched before and no longer can (its namespace was
      // replaced, the worker lost a right) is compared again as usual.
      const nextInMs = tenant.observedGeneration === generation ? jittered(resyncMs) : null;
      return { phase: 'failed', conditions, observed: false, failureCount: tenant.failureCount + 1, nextInMs };
    }
  }
}

/** How long a tenant has been cut off: since this pass, if an earlier one did not find it so. */
function cutOffForMs({ phase, restriction }: LeasedTenant, conditions: readonly Condition[], now: string): number {
  if (phase !== phaseOf(restriction)) return 0;
  const since = conditions.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? now;
  return Math.max(0, Date.parse(now) - Date.parse(since));
}
