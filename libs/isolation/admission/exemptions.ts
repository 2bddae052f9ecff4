/** Whom the worker is in a cluster that was set up with `deploy/worker-rbac.yaml`. */
export const DEFAULT_PROVISIONER = 'system:serviceaccount:bulkhead-system:bulkhead-worker';

/** A condition under which a policy is not asked (a CEL expression that is true for everybody else). */
export interface MatchCondition {
  name: string;
  expression: string;
}

/**
 * Who is never a tenant. Each has a reason; without the controllers a namespace could never end
 * (kubernetes/kubernetes#129883).
 * @param provisioner the user name under which the worker is known to the API server
 */
export function platformExempt(provisioner: string): MatchCondition[] {
  return [
    // Makes and removes everything that the policies protect.
    { name: 'not-the-provisioner', expression: `request.userInfo.username != ${JSON.stringify(provisioner)}` },
    // Whoever is in this group may remove the policies themselves, so they would hold up nothing but repairs.
    { name: 'not-an-administrator', expression: notInGroup('system:masters') },
    // Controllers empty namespaces, collect garbage, publish endpoints, bind volumes, and write status.
    { name: 'not-a-controller', expression: notInGroup('system:serviceaccounts:kube-system') },
    {
      // The same controllers where they share one identity, the scheduler, which binds pods, and the API server.
      name: 'not-the-control-plane',
      expression:
        "!(request.userInfo.username in ['system:kube-controller-manager', 'system:kube-scheduler', 'system:apiserver'])",
    },
    // Kubelets end pods, write their status and ask for their tokens; what nodes may do is NodeRestriction's matter.
    { name: 'not-a-node', expression: notInGroup('system:nodes') },
  ];
}

/**
 * The worker in the name of a namespace's deployer. Who holds a token of that account has its uid with it; an
 * impersonated user has none, and tenants may impersonate nobody (kubernetes.io, User impersonation).
 */
export const notTheImpersonatedDeployer: MatchCondition = {
  name: 'not-the-worker-as-deployer',
  expression:
    "!(request.userInfo.username == 'system:serviceaccount:' + request.namespace + ':deployer' && " +
    "request.userInfo.?uid.orValue('') == '')",
};

function notInGroup(group: string): string {
  return `!(request.userInfo.?groups.orValue([]).exists(group, group == '${group}'))`;
}
