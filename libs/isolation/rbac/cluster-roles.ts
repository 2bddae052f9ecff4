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

/** Resources that tenants run. Read and write access differ only in Secrets, which a viewer does not see. */
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
  // Both claim hosts cluster-wide; admission policies restrict them to hosts of the tenant.
  { apiGroups: ['gateway.networking.k8s.io'], resources: ['grpcroutes', 'httproutes'] },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses'] },
  { apiGroups: ['policy'], resources: ['poddisruptionbudgets'] },
];
const secrets: Omit<Rule, 'verbs'> = { apiGroups: [''], resources: ['secrets'] };

/** Resources that tenants can read and only Bulkhead or the cluster writes. */
const readOnly: readonly Rule[] = [
  { apiGroups: [''], resources: ['endpoints', 'events', 'limitranges', 'pods/log', 'resourcequotas'], verbs: READ },
  { apiGroups: ['apps'], resources: ['controllerrevisions'], verbs: READ },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: READ },
  // Their status shows whether the gateway accepted a listener.
  { apiGroups: ['gateway.networking.k8s.io'], resources: ['listenersets'], verbs: READ },
  { apiGroups: ['metrics.k8s.io'], resources: ['pods'], verbs: ['get', 'list'] },
  { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: READ },
];

const viewerRules: readonly Rule[] = [...readOnly, ...workloadResources.map((rule) => ({ ...rule, verbs: READ }))];

/**
 * A user who can create a pod can run it as any ServiceAccount of the namespace, `deployer` included. So the deployer
 * has no right that a developer lacks.
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

/** Access and traffic within the tenant are up to its administrators. */
const ownRules: readonly Omit<Rule, 'verbs'>[] = [
  { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'] },
  { apiGroups: ['rbac.authorization.k8s.io'], resources: ['rolebindings', 'roles'] },
];

/**
 * Tenants can write Roles, RoleBindings and NetworkPolicies only because admission policies check their contents: the
 * escalation check of RBAC looks at rules and never at subjects, and NetworkPolicies only ever add, so that one
 * `egress: [{}]` would undo every restriction (MTB-PL2-BC-OPS-3 and -4 require both rights).
 */
const adminRules: readonly Rule[] = [
  ...developerRules,
  ...[...workloadResources, secrets].map((rule) => ({ ...rule, verbs: ['deletecollection'] })),
  { apiGroups: [''], resources: ['pods/ephemeralcontainers'], verbs: ['get', 'patch', 'update'] },
  ...ownRules.map((rule) => ({ ...rule, verbs: [...READ, ...WRITE, 'deletecollection'] })),
];

/**
 * Renders the roles of tenants, which are the same for all. The built-in admin, edit and view are not used: they can
 * impersonate ServiceAccounts and mint their tokens, and any installed operator can widen them by aggregation
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
