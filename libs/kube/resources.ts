/** Where Bulkhead runs, and keeps what is its own. */
export const PLATFORM_NAMESPACE = 'bulkhead-system';

/** How a kind is addressed in the API. */
export interface Resource {
  apiVersion: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  /** Present on workloads: only ever touched in the name of the namespace's deployer, never in the worker's own. */
  appliedAs?: 'deployer';
  /** Present on kinds that exist only where somebody has installed their definition. */
  isInstalled?: true;
}

function resource(apiVersion: string, kind: string, plural: string, namespaced = true): Resource {
  return { apiVersion, kind, plural, namespaced };
}

function installed(apiVersion: string, kind: string, plural: string): Resource {
  return { ...resource(apiVersion, kind, plural), isInstalled: true };
}

function workload(apiVersion: string, kind: string, plural: string): Resource {
  return { ...resource(apiVersion, kind, plural), appliedAs: 'deployer' };
}

/**
 * Every kind that Bulkhead writes. A fixed table instead of discovery: the worker may touch nothing else
 * (its ClusterRole says the same), and a pass needs no extra request.
 */
export const managedResources: readonly Resource[] = [
  resource('v1', 'Namespace', 'namespaces', false),
  resource('v1', 'ResourceQuota', 'resourcequotas'),
  resource('v1', 'LimitRange', 'limitranges'),
  resource('v1', 'ServiceAccount', 'serviceaccounts'),
  resource('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'),
  resource('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', 'clusternetworkpolicies', false),
  resource('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings'),
  resource('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false),
  ...['ValidatingAdmissionPolicy', 'MutatingAdmissionPolicy'].flatMap((kind) => [
    resource('admissionregistration.k8s.io/v1', kind, `${kind.toLowerCase().slice(0, -1)}ies`, false),
    resource('admissionregistration.k8s.io/v1', `${kind}Binding`, `${kind.toLowerCase()}bindings`, false),
  ]),
  resource('templates.gatekeeper.sh/v1', 'ConstraintTemplate', 'constrainttemplates', false),
  // Full names everywhere: with both meshes there are two kinds AuthorizationPolicy.
  installed('security.istio.io/v1', 'PeerAuthentication', 'peerauthentications'),
  installed('security.istio.io/v1', 'AuthorizationPolicy', 'authorizationpolicies'),
  installed('networking.istio.io/v1', 'Sidecar', 'sidecars'),
  installed('networking.istio.io/v1', 'DestinationRule', 'destinationrules'),
  installed('networking.istio.io/v1alpha3', 'EnvoyFilter', 'envoyfilters'),
  installed('telemetry.istio.io/v1', 'Telemetry', 'telemetries'),
  installed('policy.linkerd.io/v1beta3', 'Server', 'servers'),
  installed('policy.linkerd.io/v1alpha1', 'AuthorizationPolicy', 'authorizationpolicies'),
  installed('policy.linkerd.io/v1alpha1', 'MeshTLSAuthentication', 'meshtlsauthentications'),
  installed('policy.linkerd.io/v1alpha1', 'NetworkAuthentication', 'networkauthentications'),
  installed('policy.linkerd.io/v1alpha1', 'EgressNetwork', 'egressnetworks'),
  installed('policy.linkerd.io/v1alpha1', 'HTTPLocalRateLimitPolicy', 'httplocalratelimitpolicies'),
  installed('gateway.networking.k8s.io/v1', 'Gateway', 'gateways'),
  installed('gateway.networking.k8s.io/v1', 'HTTPRoute', 'httproutes'),
  installed('gateway.networking.k8s.io/v1', 'ListenerSet', 'listenersets'),
  workload('v1', 'ConfigMap', 'configmaps'),
  workload('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims'),
  workload('v1', 'Service', 'services'),
  workload('apps/v1', 'Deployment', 'deployments'),
  workload('apps/v1', 'StatefulSet', 'statefulsets'),
  workload('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'),
  workload('batch/v1', 'CronJob', 'cronjobs'),
  workload('batch/v1', 'Job', 'jobs'),
  workload('networking.k8s.io/v1', 'Ingress', 'ingresses'),
  workload('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets'),
];

/** The kind's entry of the table. */
export function resourceOf({ apiVersion, kind }: Pick<Resource, 'apiVersion' | 'kind'>): Resource {
  // Gatekeeper makes a kind for each template.
  if (apiVersion.startsWith('constraints.gatekeeper.sh/')) return resource(apiVersion, kind, kind.toLowerCase(), false);
  const known = [...managedResources, ...suspendableResources, ...readResources];
  const found = known.find((entry) => entry.apiVersion === apiVersion && entry.kind === kind);
  if (found === undefined) throw new Error(`${apiVersion}/${kind} is not a kind that Bulkhead manages`);
  return found;
}

/** Whether a kind is one of those that a plan may bring along as the tenant's dedicated services. */
export function isWorkloadKind(kind: string): boolean {
  return managedResources.some((entry) => entry.kind === kind && entry.appliedAs === 'deployer');
}

const installedKinds = new Set(
  managedResources.filter(({ isInstalled }) => isInstalled === true).map(({ kind }) => kind),
);

/** Whether a kind is one of a mesh's or of Gateway API, which not every cluster has. */
export function isMeshKind(kind: string): boolean {
  return installedKinds.has(kind);
}

/** The kinds that a tenant's objects have beside its workloads; the others belong to the cluster. */
export const tenantResources = managedResources.filter(
  ({ kind, namespaced, appliedAs }) => (namespaced || kind === 'Namespace') && appliedAs === undefined,
);

/** Kinds of tenants' workloads, which a suspension takes down and puts back. Bulkhead makes and deletes none. */
export const suspendableResources: readonly Resource[] = [
  resource('batch/v1', 'CronJob', 'cronjobs'),
  resource('apps/v1', 'Deployment', 'deployments'),
  resource('apps/v1', 'StatefulSet', 'statefulsets'),
  resource('apps/v1', 'DaemonSet', 'daemonsets'),
  resource('apps/v1', 'ReplicaSet', 'replicasets'),
  resource('v1', 'ReplicationController', 'replicationcontrollers'),
  resource('batch/v1', 'Job', 'jobs'),
];

/** What is only read, and only listed. */
const readResources: readonly Resource[] = [
  resource('v1', 'Pod', 'pods'),
  resource('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions', false),
];

/** Names one object. `namespace` is empty for objects of the cluster. */
export interface ObjectKey {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
}

/** The path of an object; of its collection when `name` is undefined. */
export function pathOf(target: { apiVersion: string; kind: string; namespace?: string; name?: string }): string {
  const { apiVersion, namespace, name } = target;
  const found = resourceOf(target);
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = found.namespaced && namespace !== undefined && namespace !== '' ? `/namespaces/${namespace}` : '';
  return `${group}${scope}/${found.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

/** `apiVersion/Kind/[namespace/]name`, as operations and logs name an object. */
export function objectName({ apiVersion, kind, namespace, name }: ObjectKey): string {
  return [apiVersion, kind, ...(namespace === '' ? [] : [namespace]), name].join('/');
}
