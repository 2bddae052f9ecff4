import { GATEWAY_LABEL } from '../model/labels.js';
import { type Walls } from './walls.js';

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
 * The CEL condition that the worker asks in the name of a namespace's deployer. Who holds a token of that account has
 * its uid with it; an impersonated user has none, and tenants may impersonate nobody (kubernetes.io, User impersonation).
 */
export const isImpersonatedDeployer =
  "(request.userInfo.username == 'system:serviceaccount:' + request.namespace + ':deployer' && " +
  "request.userInfo.?uid.orValue('') == '')";

/** For policies that do not ask what the worker brings in for a plan. */
export const notTheImpersonatedDeployer: MatchCondition = {
  name: 'not-the-worker-as-deployer',
  expression: `!${isImpersonatedDeployer}`,
};

function notInGroup(group: string): string {
  return `!(request.userInfo.?groups.orValue([]).exists(group, group == '${group}'))`;
}

type InstalledMesh = Walls['mesh'];

/** The CEL condition that istiod asks; `istiod-<revision>` where it was installed as a revision. */
function isIstiod({ kind, controlPlaneNamespace }: NonNullable<InstalledMesh>): string {
  if (kind === 'linkerd') return 'false';
  const account = `system:serviceaccount:${controlPlaneNamespace}:istiod`;
  return `(request.userInfo.username == '${account}' || request.userInfo.username.startsWith('${account}-'))`;
}

/** It puts the certificates of the mesh into every namespace. Nobody where the cluster has no Istio. */
export function istiodExempt(mesh: InstalledMesh): MatchCondition[] {
  if (mesh === null || mesh.kind === 'linkerd') return [];
  return [{ name: 'not-istiod', expression: `!${isIstiod(mesh)}` }];
}

/**
 * It makes a Deployment, Service, ServiceAccount and so on beside the Gateway of a waypoint, and is let through for
 * those alone. Nobody where the cluster has no Istio.
 */
export function gatewaysOfIstiod(mesh: InstalledMesh): MatchCondition[] {
  if (mesh === null || mesh.kind === 'linkerd') return [];
  const isGateways = (of: string): string =>
    `(${of} != null && ${of}.metadata.?labels[?'${GATEWAY_LABEL}'].orValue('') != '')`;
  const expression = `!(${isIstiod(mesh)} && (${isGateways('object')} || ${isGateways('oldObject')}))`;
  return [{ name: 'not-istiod-for-a-gateway', expression }];
}

/**
 * Istio and Linkerd write into the status of what they carry out: istiod, and Linkerd's policy controller, which runs
 * as `linkerd-destination`. Of no other subresource, and nobody where the cluster has no mesh.
 */
export function meshNotesStatus(mesh: InstalledMesh): MatchCondition[] {
  if (mesh === null) return [];
  const who =
    mesh.kind === 'linkerd'
      ? `request.userInfo.username == 'system:serviceaccount:${mesh.controlPlaneNamespace}:linkerd-destination'`
      : isIstiod(mesh);
  return [{ name: 'not-the-mesh-noting', expression: `!(${who} && request.?subResource.orValue('') == 'status')` }];
}

/**
 * The CEL condition that the agent of an ambient mesh asks, which notes on pods that their traffic is caught. It runs
 * beside the control plane or in kube-system.
 */
export function isMeshAgent(mesh: InstalledMesh): string {
  if (mesh?.kind !== 'istio-ambient') return 'false';
  const accounts = [mesh.controlPlaneNamespace, 'kube-system'].map(
    (place) => `'system:serviceaccount:${place}:istio-cni'`,
  );
  return `request.userInfo.username in [${accounts.join(', ')}]`;
}
