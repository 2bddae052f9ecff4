import { isTenantKind, isWorkloadKind, suspendableResources, type TenantKind } from '#kube';
import { type Condition, type ConditionType, conditionTypes } from '#tenancy';

import { type Outcome, type Problem } from '../pass/outcome.js';
import { type RemainingDrift } from './remaining-drift.js';

type Verdict = Pick<Condition, 'status' | 'reason' | 'message'>;

/** The condition that covers the objects of each kind. `MeshReady` covers Gateway API, too. */
const conditionsByKind: Record<TenantKind, ConditionType> = {
  Namespace: 'NamespacesReady',
  ResourceQuota: 'QuotaApplied',
  LimitRange: 'QuotaApplied',
  NetworkPolicy: 'NetworkIsolated',
  ServiceAccount: 'AccessReady',
  RoleBinding: 'AccessReady',
  PeerAuthentication: 'MeshReady',
  AuthorizationPolicy: 'MeshReady',
  Sidecar: 'MeshReady',
  DestinationRule: 'MeshReady',
  ServiceEntry: 'MeshReady',
  EnvoyFilter: 'MeshReady',
  Telemetry: 'MeshReady',
  Server: 'MeshReady',
  MeshTLSAuthentication: 'MeshReady',
  NetworkAuthentication: 'MeshReady',
  EgressNetwork: 'MeshReady',
  HTTPLocalRateLimitPolicy: 'MeshReady',
  Gateway: 'MeshReady',
  HTTPRoute: 'MeshReady',
  ListenerSet: 'MeshReady',
};

function conditionOf(kind: string): ConditionType {
  if (isTenantKind(kind)) return conditionsByKind[kind];
  if (isWorkloadKind(kind)) return 'WorkloadsApplied';
  return suspendableResources.some((resource) => resource.kind === kind) ? 'Ready' : 'AccessReady';
}

/**
 * The conditions of a tenant after a pass.
 * @param previous supplies the conditions about which this pass learned nothing, and the times of unchanged ones
 * @param now ISO 8601
 * @param drift drift that is not healed yet; null for none
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

/** The conditions of a deleted tenant. */
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
const settled: Verdict = { status: 'True', reason: 'Settled', message: 'The cluster matches the desired state.' };

/** The verdict of a pass on one condition; null if it learned nothing about it. */
function verdictOn(type: ConditionType, outcome: Outcome): Verdict | null {
  if (type === 'ClusterReachable') {
    return outcome.kind === 'retry' && !outcome.clusterReachable ? broken(outcome.problem) : reached;
  }
  if (outcome.kind === 'settled') {
    const restricted = type === 'Ready' || type === 'AccessReady' ? outcome.restricted : undefined;
    return restricted === undefined ? (outcome.caveats?.[type] ?? settled) : broken(restricted);
  }
  if (type === 'Ready') return broken(outcome.problem);
  const { kind } = outcome.problem;
  return kind !== null && conditionOf(kind) === type ? broken(outcome.problem) : null;
}

/** The verdict of drift that is left on one condition: an object that differs must not be reported as in place. */
function verdictOnDrift(type: ConditionType, outcome: Outcome, drift: RemainingDrift): Verdict | null {
  if (type === 'DriftFree') return broken(drift.problem);
  // The problem that ended a pass early takes precedence.
  if (outcome.kind !== 'settled') return null;
  const concerned = type === 'Ready' || [...drift.kinds].some((kind) => conditionOf(kind) === type);
  return concerned ? broken(drift.problem) : null;
}

function broken({ reason, message }: Pick<Problem, 'reason' | 'message'>): Verdict {
  return { status: 'False', reason, message };
}
