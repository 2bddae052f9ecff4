import { type KubernetesObject } from '../model/kubernetes-object.js';
import { MANAGED_BY, MANAGED_BY_LABEL } from '../model/labels.js';

/** The names of the ClusterRoles that tenants are bound to, in their own namespaces only. */
export const clusterRoleNames = {
  admin: 'bulkhead-tenant-admin',
  developer: 'bulkhead-tenant-developer',
  viewer: 'bulkhead-tenant-viewer',
  deployer: 'bulkhead-tenant-deployer',
} as const;

interface Rule {
  apiGroups: readonly string[];
  resources: readonly string[];
  verbs: readonly string[];
}

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'patch', 'update'];

/** What tenants run. Reading and writing differ only in Secrets, which a viewer does not see. */
const workloadResources: readonly Omit<Rule, 'verbs'>[] = [
  { apiGroups: [''], resources: ['configmaps', 'persistentvolumeclaims', 'pods', 'serviceaccounts', 'services'] },
  { apiGroups: [''], resources: ['replicationcontrollers', 'replicationcontrollers/scale'] },
  {
    apiGroups: ['apps'],
    resources: [
      'daemonsets',
      'deployments',
      'deployments/scale',
      'replicasets',
      'replicasets/scale',
      'statefulsets',
      'statefulsets/scale',
    ],
  },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'] },
  { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'] },
  // Both claim hosts for the whole cluster; admission policies hold them to hosts of the tenant.
  { apiGroups: ['gateway.networking.k8s.io'], resources: ['grpcroutes', 'httproutes'] },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses'] },
  { apiGroups: ['policy'], resources: ['poddisruptionbudgets'] },
];
const secrets: Omit<Rule, 'verbs'> = { apiGroups: [''], resources: ['secrets'] };

/** What tenants see and only Bulkhead or the cluster writes. */
const readOnly: readonly Rule[] = [
  { apiGroups: [''], resources: ['endpoints', 'events', 'limitranges', 'pods/log', 'resourcequotas'], verbs: READ },
  { apiGroups: ['apps'], resources: ['controllerrevisions'], verbs: READ },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: READ },
  // Whether a listener was taken by the gateway stands in its status.
  { apiGroups: ['gateway.networking.k8s.io'], resources: ['listenersets'], verbs: READ },
  { apiGroups: ['metrics.k8s.io'], resources: ['pods'], verbs: ['get', 'list'] },
  { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: READ },
];

const viewerRules: readonly Rule[] = [...readOnly, ...workloadResources.map((rule) => ({ ...rule, verbs: READ }))];

/**
 * Whoever may create a pod may run it as any ServiceAccount of the namespace, `deployer` included. So the deployer
 * holds nothing that a developer does not hold too.
 */
const deployerRules: readonly Rule[] = [
  ...readOnly,
  ...[...workloadResources, secrets].map((rule) => ({ ...rule, verbs: [...READ, ...WRITE] })),
];

const developerRules: readonly Rule[] = [
  ...deployerRules,
  // "get" is how a WebSocket opens these; since Kubernetes 1.35 it needs "create" as well.
  { apiGroups: [''], resources: ['pods/attach', 'pods/exec', 'pods/portforward'], verbs: ['create', 'get'] },
  { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
];

/** Who comes in and what talks to what within the tenant is its administrators' business. */
const ownRules: readonly Omit<Rule, 'verbs'>[] = [
  { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'] },
  { apiGroups: ['rbac.authorization.k8s.io'], resources: ['rolebindings', 'roles'] },
];

/**
 * Roles, role bindings and network policies may be written because admission policies check what stands in them:
 * the escalation check of RBAC looks at rules and never at subjects, and NetworkPolicies only ever add, so that one
 * `egress: [{}]` would undo every restriction (MTB-PL2-BC-OPS-3 and -4 ask for both rights).
 */
const adminRules: readonly Rule[] = [
  ...developerRules,
  ...[...workloadResources, secrets].map((rule) => ({ ...rule, verbs: ['deletecollection'] })),
  { apiGroups: [''], resources: ['pods/ephemeralcontainers'], verbs: ['get', 'patch', 'update'] },
  ...ownRules.map((rule) => ({ ...rule, verbs: [...READ, ...WRITE, 'deletecollection'] })),
];

/**
 * The roles of tenants, the same for all of them. Not the built-in admin, edit and view: those may impersonate
 * ServiceAccounts and mint their tokens, and any installed operator can widen them by aggregation
 * (kubernetes.io, RBAC Good Practices). These have no wildcard and aggregate nothing.
 */
export function renderClusterRoles(): KubernetesObject[] {
  const rules = { admin: adminRules, developer: developerRules, viewer: viewerRules, deployer: deployerRules };
  return (['admin', 'developer', 'viewer', 'deployer'] as const).map((role) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: clusterRoleNames[role], labels: { [MANAGED_BY_LABEL]: MANAGED_BY } },
    rules: rules[role].map(({ apiGroups, resources, verbs }) => ({
      apiGroups: [...apiGroups],
      resources: [...resources],
      verbs: [...verbs],
    })),
  }));
}
