import { type ClusterFacts } from '#isolation';
import { missingMeshCapabilities, type PlanSpec } from '#plans';
import { type Condition, type IsolationFindings } from '#tenancy';

import { type Caveat, type Caveats } from '../pass/outcome.js';

/** The policies exist, but nothing is known to enforce them. */
const unenforced: Caveat = {
  status: 'Unknown',
  reason: 'NoNetworkPolicyEngine',
  message: 'The NetworkPolicies exist, but nothing in the cluster was found to enforce them.',
};
const unenforcedAlone: Caveat = {
  ...unenforced,
  message: `${unenforced.message} The cluster has no ClusterNetworkPolicy either.`,
};
const withoutClusterPolicy: Caveat = {
  status: 'True',
  reason: 'NoClusterNetworkPolicy',
  message: 'The cluster matches the desired state; it has no ClusterNetworkPolicy, so admission alone protects it.',
};
const withoutDefaults: Caveat = {
  status: 'True',
  reason: 'NoMutatingAdmission',
  message: 'The policies are in force; the cluster cannot set defaults that pods leave out.',
};

const outsideByPlan: Caveat = {
  status: 'True',
  reason: 'NotInMesh',
  message: 'The plan keeps the tenant out of service meshes.',
};
const withoutMesh: Caveat = {
  status: 'True',
  reason: 'NotInMesh',
  message: 'The cluster has no service mesh; network policies alone isolate the tenant.',
};

const reasons = new Set([
  unenforced.reason,
  withoutClusterPolicy.reason,
  withoutDefaults.reason,
  withoutMesh.reason,
  'CapabilityMissing',
  'IsolationCheckFailed',
]);

/** Inputs of the caveats of a converged tenant. */
interface Judged {
  plan: { spec: PlanSpec };
  isolationFindings: IsolationFindings | null;
}

/**
 * Conditions of a converged tenant that are not plainly True, because of missing capabilities of the cluster or failed
 * isolation checks. Failed checks take precedence.
 */
export function caveatsOf(cluster: ClusterFacts, { plan, isolationFindings: findings }: Judged): Caveats {
  const network = ofNetwork(cluster);
  return {
    ...(network !== null && { NetworkIsolated: network }),
    ...(cluster.mutatesPods === false && { PoliciesEnforced: withoutDefaults }),
    ...ofMesh(cluster, plan.spec.mesh),
    ...Object.fromEntries(Object.entries(findings ?? {}).map(([type, checks]) => [type, ofFailedChecks(checks)])),
  };
}

/** A tenant that lacks a feature of its plan is not ready, although it is isolated. */
function ofMesh({ mesh = null, knowsGatewayApi = false }: ClusterFacts, plan: PlanSpec['mesh']): Caveats {
  const missing = missingMeshCapabilities(plan, { kind: mesh?.kind ?? null, gatewayApi: knowsGatewayApi });
  if (missing.length > 0) {
    const message = missing.map(({ detail }) => detail).join(' ');
    const caveat: Caveat = { status: 'False', reason: 'CapabilityMissing', message };
    return { MeshReady: caveat, Ready: caveat };
  }
  if (plan.mode === 'none') return { MeshReady: outsideByPlan };
  return mesh === null ? { MeshReady: withoutMesh } : {};
}

function ofNetwork({ isolatesNetworks, knowsClusterNetworkPolicy }: ClusterFacts): Caveat | null {
  const isAlone = knowsClusterNetworkPolicy === false;
  if (isolatesNetworks === false) return isAlone ? unenforcedAlone : unenforced;
  return isAlone ? withoutClusterPolicy : null;
}

/** Reports whether a tenant's conditions show exactly these caveats. */
export function showsCaveats(conditions: readonly Condition[], caveats: Caveats): boolean {
  return conditions.every(({ type, reason, message }) => {
    const caveat = caveats[type];
    return caveat === undefined ? !reasons.has(reason) : caveat.reason === reason && caveat.message === message;
  });
}

/** The same failed checks give the same message, regardless of which run found them. */
function ofFailedChecks(checks: readonly string[]): Caveat {
  const message = `Isolation checks failed: ${checks.join(', ')}.`;
  return { status: 'False', reason: 'IsolationCheckFailed', message };
}
