import { isMeshKind, isWorkloadKind, suspendableResources } from '#kube';
import { type Condition, type ConditionType, conditionTypes } from '#tenancy';

import { type RemainingDrift } from '../drift/drift-record.js';
import { type Outcome, type Trouble } from '../pass/outcome.js';

type Verdict = Pick<Condition, 'status' | 'reason' | 'message'>;

/** The condition that an object of this kind belongs to. */
function conditionOf(kind: string): ConditionType {
  if (isWorkloadKind(kind)) return 'WorkloadsApplied';
  if (isMeshKind(kind)) return 'MeshReady';
  if (suspendableResources.some((resource) => resource.kind === kind)) return 'Ready';
  switch (kind) {
    case 'Namespace':
      return 'NamespacesReady';
    case 'ResourceQuota':
    case 'LimitRange':
      return 'QuotaApplied';
    case 'NetworkPolicy':
      return 'NetworkIsolated';
    default:
      return 'AccessReady';
  }
}

/**
 * The conditions of a tenant after a pass.
 * @param previous keeps what this pass learned nothing about, and the times of what did not change.
 * @param now ISO 8601
 * @param drift what others changed and what is not put right yet; null for nothing.
 */
export function conditionsAfter(
  outcome: Outcome,
  previous: readonly Condition[],
  observedGeneration: number,
  now: string,
  drift: RemainingDrift | null = null,
): Condition[] {
  return conditionTypes.map((type) => {
    const before = previous.find((condition) => condition.type === type);
    const verdict = (drift && verdictOnDrift(type, outcome, drift)) ?? verdictOn(type, outcome) ?? before ?? unknown;
    const { status, reason, message } = verdict;
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : now;
    return { type, status, reason, message, observedGeneration, lastTransitionTime };
  });
}

/** The conditions of a tenant that is gone. */
export function conditionsOfDeleted(
  previous: readonly Condition[],
  observedGeneration: number,
  now: string,
): Condition[] {
  return conditionsAfter({ kind: 'settled' }, previous, observedGeneration, now).map((condition) =>
    condition.type === 'ClusterReachable'
      ? condition
      : {
          ...condition,
          status: 'False',
          reason: 'Deleted',
          message: 'The tenant was deleted.',
          lastTransitionTime: now,
        },
  );
}

const unknown: Verdict = { status: 'Unknown', reason: 'NotObserved', message: 'Not observed yet.' };
const reached: Verdict = { status: 'True', reason: 'Reached', message: 'The API server answers.' };
const settled: Verdict = { status: 'True', reason: 'Settled', message: 'The cluster matches what is wanted.' };

/** What a pass says about one condition; null when it learned nothing about it. */
function verdictOn(type: ConditionType, outcome: Outcome): Verdict | null {
  if (type === 'ClusterReachable') {
    return outcome.kind === 'retry' && !outcome.clusterReachable ? problem(outcome.trouble) : reached;
  }
  if (outcome.kind === 'settled') {
    const closed = type === 'Ready' || type === 'AccessReady' ? outcome.restricted : undefined;
    return closed === undefined ? (outcome.standing?.[type] ?? settled) : problem(closed);
  }
  if (type === 'Ready') return problem(outcome.trouble);
  const { kind } = outcome.trouble;
  return kind !== null && conditionOf(kind) === type ? problem(outcome.trouble) : null;
}

/** What drift that stays says about one condition: whoever relies on the object must not be told that it is there. */
function verdictOnDrift(type: ConditionType, outcome: Outcome, drift: RemainingDrift): Verdict | null {
  if (type === 'DriftFree') return problem(drift.trouble);
  // What ended a pass early is told first.
  if (outcome.kind !== 'settled') return null;
  const concerned = type === 'Ready' || [...drift.kinds].some((kind) => conditionOf(kind) === type);
  return concerned ? problem(drift.trouble) : null;
}

function problem({ reason, message }: Pick<Trouble, 'reason' | 'message'>): Verdict {
  return { status: 'False', reason, message };
}
