import { type ClusterFacts } from '#isolation';
import { missingMeshCapabilities, type PlanSpec } from '#plans';
import { type Condition, type IsolationFindings } from '#tenancy';

import { type StandingVerdict, type StandingVerdicts } from '../pass/outcome.js';

/** What is rendered is there, and nobody can say that it does anything. */
const unenforced: StandingVerdict = {
  status: 'Unknown',
  reason: 'NoNetworkPolicyEngine',
  message: 'The NetworkPolicies are there; nothing was found in the cluster that enforces them.',
};
const unenforcedAlone: StandingVerdict = {
  ...unenforced,
  message: `${unenforced.message} It has no ClusterNetworkPolicy either.`,
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

const outsideByPlan: StandingVerdict = {
  status: 'True',
  reason: 'NotInMesh',
  message: 'As the plan says, the tenant is in no service mesh.',
};
const withoutMesh: StandingVerdict = {
  status: 'True',
  reason: 'NotInMesh',
  message: 'The cluster has no service mesh; network policies alone keep the tenant apart.',
};

const reasons = new Set([
  unenforced.reason,
  withoutClusterPolicy.reason,
  withoutDefaults.reason,
  withoutMesh.reason,
  'CapabilityMissing',
  'IsolationCheckFailed',
]);

/** What of a tenant decides what is said of it although every object is as wanted. */
interface Judged {
  plan: { spec: PlanSpec };
  isolationFindings: IsolationFindings | null;
}

/**
 * What conditions say although every object is as wanted: because of what the cluster cannot do, and of what the last
 * isolation check found. A finding outweighs.
 */
export function standingVerdicts(
  cluster: ClusterFacts,
  { plan, isolationFindings: findings }: Judged,
): StandingVerdicts {
  const network = networkVerdict(cluster);
  return {
    ...(network !== null && { NetworkIsolated: network }),
    ...(cluster.mutatesPods === false && { PoliciesEnforced: withoutDefaults }),
    ...ofMesh(cluster, plan.spec.mesh),
    ...Object.fromEntries(Object.entries(findings ?? {}).map(([type, checks]) => [type, broken(checks)])),
  };
}

/** A tenant without something that its plan promises is not ready, although nothing is open. */
function ofMesh({ mesh = null, knowsGatewayApi = false }: ClusterFacts, plan: PlanSpec['mesh']): StandingVerdicts {
  const missing = missingMeshCapabilities(plan, { kind: mesh?.kind ?? null, gatewayApi: knowsGatewayApi });
  if (missing.length > 0) {
    const message = missing.map(({ detail }) => detail).join(' ');
    const verdict: StandingVerdict = { status: 'False', reason: 'CapabilityMissing', message };
    return { MeshReady: verdict, Ready: verdict };
  }
  if (plan.mode === 'none') return { MeshReady: outsideByPlan };
  return mesh === null ? { MeshReady: withoutMesh } : {};
}

function networkVerdict({ isolatesNetworks, knowsClusterNetworkPolicy }: ClusterFacts): StandingVerdict | null {
  const isAlone = knowsClusterNetworkPolicy === false;
  if (isolatesNetworks === false) return isAlone ? unenforcedAlone : unenforced;
  return isAlone ? withoutClusterPolicy : null;
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
