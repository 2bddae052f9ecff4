import { GATEWAY_LABEL } from '../model/labels.js';
import { type AdmissionBaseline } from './admission-baseline.js';

/** The worker's user name in a cluster that was set up with `deploy/worker-rbac.yaml`. */
export const DEFAULT_PROVISIONER = 'system:serviceaccount:bulkhead-system:bulkhead-worker';

/** The identity of trials: it can try to write almost anything in namespaces of tenants, but can store nothing. */
export const PROVER_ACCOUNT = { namespace: 'bulkhead-system', name: 'bulkhead-prover' } as const;
export const PROVER = `system:serviceaccount:${PROVER_ACCOUNT.namespace}:${PROVER_ACCOUNT.name}`;

/** CEL: the request comes from the prover. */
export const isProver = `(request.userInfo.username == '${PROVER}')`;

/**
 * CEL: the pod was created by a controller, from a template that `checkTemplates` has checked for parts of the mesh, or
 * by an administrator of the cluster, who could remove the policies anyway.
 */
export const byController =
  "(request.userInfo.?groups.orValue([]).exists(group, group in ['system:serviceaccounts:kube-system', 'system:masters']) || " +
  "request.userInfo.username == 'system:kube-controller-manager')";

/** Exempts requests from a policy: a CEL expression that is false for exempt requests and true for all others. */
export interface MatchCondition {
  name: string;
  expression: string;
}

/**
 * Identities that are never tenants, each with its reason; without the controllers a namespace could never be removed
 * (kubernetes/kubernetes#129883).
 * @param provisioner the user name under which the API server knows the worker
 */
export function platformExempt(provisioner: string): MatchCondition[] {
  return [
    // Creates and removes everything that the policies protect.
    { name: 'not-the-provisioner', expression: `request.userInfo.username != ${JSON.stringify(provisioner)}` },
    // Members of this group can remove the policies themselves, so the policies would only hinder repairs.
    { name: 'not-an-administrator', expression: notInGroup('system:masters') },
    // Controllers empty namespaces, collect garbage, publish endpoints, bind volumes, and write status.
    { name: 'not-a-controller', expression: notInGroup('system:serviceaccounts:kube-system') },
    {
      // The same controllers where they share one identity, the scheduler (binds pods) and the API server.
      name: 'not-the-control-plane',
      expression:
        "!(request.userInfo.username in ['system:kube-controller-manager', 'system:kube-scheduler', 'system:apiserver'])",
    },
    // Kubelets terminate pods, write their status and request their tokens; NodeRestriction limits what nodes can do.
    { name: 'not-a-node', expression: notInGroup('system:nodes') },
  ];
}

/**
 * Exempts controllers that the description of the cluster names. They write what tenants must not: the addresses of load
 * balancers, the Ingresses of ACME challenges.
 */
export function trustedExempt(controllers: readonly string[] = []): MatchCondition[] {
  if (controllers.length === 0) return [];
  const names = controllers.map((name) => JSON.stringify(name)).join(', ');
  return [{ name: 'not-a-trusted-controller', expression: `!(request.userInfo.username in [${names}])` }];
}

/**
 * CEL: the request comes from the worker, impersonating a namespace's deployer. A holder of that account's token also
 * has its uid; an impersonated user has none, and tenants cannot impersonate (kubernetes.io, User impersonation).
 */
export const isImpersonatedDeployer =
  "(request.userInfo.username == 'system:serviceaccount:' + request.namespace + ':deployer' && " +
  "request.userInfo.?uid.orValue('') == '')";

/** For policies that do not check what the worker deploys for a plan. */
export const notTheImpersonatedDeployer: MatchCondition = {
  name: 'not-the-worker-as-deployer',
  expression: `!${isImpersonatedDeployer}`,
};

function notInGroup(group: string): string {
  return `!(request.userInfo.?groups.orValue([]).exists(group, group == '${group}'))`;
}

type InstalledMesh = AdmissionBaseline['mesh'];

/** CEL: the request comes from istiod, or `istiod-<revision>` if it was installed as a revision. */
function isIstiod({ kind, controlPlaneNamespace }: NonNullable<InstalledMesh>): string {
  if (kind === 'linkerd') return 'false';
  const account = `system:serviceaccount:${controlPlaneNamespace}:istiod`;
  return `(request.userInfo.username == '${account}' || request.userInfo.username.startsWith('${account}-'))`;
}

/** Exempts istiod, which puts the certificates of the mesh into every namespace. Empty without Istio. */
export function istiodExempt(mesh: InstalledMesh): MatchCondition[] {
  if (mesh === null || mesh.kind === 'linkerd') return [];
  return [{ name: 'not-istiod', expression: `!${isIstiod(mesh)}` }];
}

/**
 * Exempts istiod for the objects that it creates for the Gateway of a waypoint (Deployment, Service, ServiceAccount,
 * …), and for no others. Empty without Istio.
 */
export function exemptIstiodGateways(mesh: InstalledMesh): MatchCondition[] {
  if (mesh === null || mesh.kind === 'linkerd') return [];
  const isGateways = (of: string): string =>
    `(${of} != null && ${of}.metadata.?labels[?'${GATEWAY_LABEL}'].orValue('') != '')`;
  const expression = `!(${isIstiod(mesh)} && (${isGateways('object')} || ${isGateways('oldObject')}))`;
  return [{ name: 'not-istiod-for-a-gateway', expression }];
}

/**
 * Exempts writes of status by the mesh: istiod, or Linkerd's policy controller, which runs as `linkerd-destination`.
 * Covers no other subresource, and is empty without a mesh.
 */
export function exemptMeshStatusWrites(mesh: InstalledMesh): MatchCondition[] {
  if (mesh === null) return [];
  const who =
    mesh.kind === 'linkerd'
      ? `request.userInfo.username == 'system:serviceaccount:${mesh.controlPlaneNamespace}:linkerd-destination'`
      : isIstiod(mesh);
  return [{ name: 'not-the-mesh-noting', expression: `!(${who} && request.?subResource.orValue('') == 'status')` }];
}

/**
 * CEL: the request comes from the agent of an ambient mesh, which notes on pods that their traffic is captured. It runs
 * next to the control plane or in kube-system.
 */
export function isMeshAgent(mesh: InstalledMesh): string {
  if (mesh?.kind !== 'istio-ambient') return 'false';
  const accounts = [mesh.controlPlaneNamespace, 'kube-system'].map(
    (place) => `'system:serviceaccount:${place}:istio-cni'`,
  );
  return `request.userInfo.username in [${accounts.join(', ')}]`;
}
