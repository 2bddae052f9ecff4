import { type ClusterFacts } from '#isolation';
import { type Condition, type ConditionType, type IsolationFindings } from '#tenancy';

/** What is said about a condition of a tenant whose objects all stand as wanted. */
export type StandingVerdict = Pick<Condition, 'status' | 'reason' | 'message'>;
export type StandingVerdicts = Partial<Record<ConditionType, StandingVerdict>>;

/** What is rendered is there, and nobody can say that it does anything. */
const unenforced: StandingVerdict = {
  status: 'Unknown',
  reason: 'NoNetworkPolicyEngine',
  message: 'The NetworkPolicies are there; nothing was found in the cluster that enforces them.',
};
const withoutClusterPolicy: StandingVerdict = {
  status: 'True',
  reason: 'NoClusterNetworkPolicy',
  message: 'The cluster matches what is wanted; it has no ClusterNetworkPolicy to keep it so beside admission.',
};
const withoutDefaults: StandingVerdict = {
  status: 'True',
  reason: 'NoMutatingAdmission',
  message: 'The policies are in force; the cluster cannot fill in for pods what they leave out.',
};

const reasons = new Set([
  unenforced.reason,
  withoutClusterPolicy.reason,
  withoutDefaults.reason,
  'IsolationCheckFailed',
]);

/**
 * What conditions say although every object is as wanted: because of what the cluster cannot do, and of what the last
 * isolation check found. A finding outweighs.
 */
export function standingVerdicts(cluster: ClusterFacts, findings: IsolationFindings | null): StandingVerdicts {
  const network =
    cluster.isolatesNetworks === false
      ? unenforced
      : cluster.knowsClusterNetworkPolicy === false
        ? withoutClusterPolicy
        : null;
  return {
    ...(network !== null && { NetworkIsolated: network }),
    ...(cluster.mutatesPods === false && { PoliciesEnforced: withoutDefaults }),
    ...Object.fromEntries(Object.entries(findings ?? {}).map(([type, checks]) => [type, broken(checks)])),
  };
}

/** Whether the conditions of a tenant say exactly this. */
export function isShown(conditions: readonly Condition[], verdicts: StandingVerdicts): boolean {
  return conditions.every(({ type, reason, message }) => {
    const verdict = verdicts[type];
    return verdict === undefined ? !reasons.has(reason) : verdict.reason === reason && verdict.message === message;
  });
}

/** The same findings are told in the same words, whichever run found them. */
function broken(checks: readonly string[]): StandingVerdict {
  const message = `Isolation checks failed: ${checks.join(', ')}.`;
  return { status: 'False', reason: 'IsolationCheckFailed', message };
}
