import { type ClusterFacts, type NetworkRule, outOfForce } from '#isolation';
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

/** The tenant can be used; whoever reads only this must not take it for isolated. */
const readyAlone: Caveat = {
  status: 'True',
  reason: 'Settled',
  message: 'The cluster matches the desired state; nothing was found in it to enforce NetworkPolicies.',
};

const outsideByPlan: Caveat = {
  status: 'True',
  reason: 'NotInMesh',
  message: 'The plan keeps the tenant out of service meshes.',
};
const unprotected: Caveat = {
  status: 'True',
  reason: 'NotInMesh',
  message: 'The cluster has no service mesh, and nothing was found in it to enforce NetworkPolicies.',
};
const withoutMesh: Caveat = {
  status: 'True',
  reason: 'NotInMesh',
  message: 'The cluster has no service mesh; network policies alone isolate the tenant.',
};

/** Rules that the message of a condition names. */
const MOST_RULES = 3;
const rulesOutOfForce = { status: 'True', reason: 'RulesOutOfForce' } as const;

const reasons = new Set([
  unenforced.reason,
  withoutClusterPolicy.reason,
  withoutDefaults.reason,
  withoutMesh.reason,
  rulesOutOfForce.reason,
  'CapabilityMissing',
  'IsolationCheckFailed',
]);

/** Inputs of the caveats of a converged tenant. */
interface Judged {
  plan: { id: string; version: number; spec: PlanSpec };
  networkRules: readonly NetworkRule[];
  isolationFindings: IsolationFindings | null;
}

/**
 * Conditions of a converged tenant that are not plainly True, because of missing capabilities of the cluster or failed
 * isolation checks. Failed checks take precedence.
 */
export function caveatsOf(cluster: ClusterFacts, tenant: Judged): Caveats {
  const { plan, isolationFindings: findings } = tenant;
  const network = withRules(ofNetwork(cluster), cluster, tenant);
  return {
    ...(cluster.isolatesNetworks === false && { Ready: readyAlone }),
    ...readyDespite(findings ?? {}),
    ...(network !== null && { NetworkIsolated: network }),
    ...(cluster.mutatesPods === false && { PoliciesEnforced: withoutDefaults }),
    ...ofMesh(cluster, plan.spec.mesh),
    ...Object.fromEntries(Object.entries(findings ?? {}).map(([type, checks]) => [type, ofFailedChecks(checks)])),
  };
}

/** A tenant that lacks a feature of its plan is not ready, although it is isolated. */
function ofMesh(
  { mesh = null, knowsGatewayApi = false, isolatesNetworks }: ClusterFacts,
  plan: PlanSpec['mesh'],
): Caveats {
  const missing = missingMeshCapabilities(plan, { kind: mesh?.kind ?? null, gatewayApi: knowsGatewayApi });
  if (missing.length > 0) {
    const message = missing.map(({ detail }) => detail).join(' ');
    const caveat: Caveat = { status: 'False', reason: 'CapabilityMissing', message };
    return { MeshReady: caveat, Ready: caveat };
  }
  if (plan.mode === 'none') return { MeshReady: outsideByPlan };
  if (mesh !== null) return {};
  return { MeshReady: isolatesNetworks === false ? unprotected : withoutMesh };
}

function ofNetwork({ isolatesNetworks, knowsClusterNetworkPolicy }: ClusterFacts): Caveat | null {
  const isAlone = knowsClusterNetworkPolicy === false;
  if (isolatesNetworks === false) return isAlone ? unenforcedAlone : unenforced;
  return isAlone ? withoutClusterPolicy : null;
}

/** Rules that the plan or the mesh keeps out of force open nothing: the tenant is as isolated as without them. */
function withRules(network: Caveat | null, cluster: ClusterFacts, { plan, networkRules }: Judged): Caveat | null {
  const out = networkRules.flatMap((rule) => {
    const why = outOfForce(rule, { cluster, plan });
    return why === null ? [] : [`${rule.id}: ${why.detail}`];
  });
  if (out.length === 0) return network;
  const more = out.length > MOST_RULES ? ` And ${out.length - MOST_RULES} more.` : '';
  const message = `Network rules are not in force: ${out.slice(0, MOST_RULES).join(' ')}${more}`;
  if (network === null) return { ...rulesOutOfForce, message };
  const reason = network.status === 'True' ? rulesOutOfForce.reason : network.reason;
  return { ...network, reason, message: `${network.message} ${message}` };
}

/** Reports whether a tenant's conditions show exactly these caveats. */
export function showsCaveats(conditions: readonly Condition[], caveats: Caveats): boolean {
  return conditions.every(({ type, reason, message }) => {
    const caveat = caveats[type];
    if (caveat === undefined) return !reasons.has(reason) && message !== readyAlone.message;
    return caveat.reason === reason && caveat.message === message;
  });
}

/** What `Ready` says of failed checks, which make their own conditions False. */
function readyDespite(findings: IsolationFindings): Caveats {
  const failed = Object.values(findings).flat();
  if (failed.length === 0) return {};
  const message = `The cluster matches the desired state; isolation checks failed: ${failed.join(', ')}.`;
  return { Ready: { status: 'True', reason: 'IsolationCheckFailed', message } };
}

/** The same failed checks give the same message, regardless of which run found them. */
function ofFailedChecks(checks: readonly string[]): Caveat {
  const message = `Isolation checks failed: ${checks.join(', ')}.`;
  return { status: 'False', reason: 'IsolationCheckFailed', message };
}
