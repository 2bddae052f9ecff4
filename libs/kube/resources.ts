/** The namespace in which Bulkhead runs and keeps its own objects. */
export const PLATFORM_NAMESPACE = 'bulkhead-system';

/** A kind and its address in the API. */
export interface Resource {
  apiVersion: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  /** Present on workloads: accessed only as the namespace's deployer, never as the worker itself. */
  appliedAs?: 'deployer';
  /** Present on kinds that exist only in clusters where their definition is installed. */
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
 * Every kind that Bulkhead writes. A fixed table instead of discovery: the worker has no rights to any other kind (its
 * ClusterRole lists the same), and a pass needs no extra request.
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
  // Qualified names everywhere: with both meshes there are two kinds AuthorizationPolicy.
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

/** Returns the kind's entry of the table. */
export function resourceOf({ apiVersion, kind }: Pick<Resource, 'apiVersion' | 'kind'>): Resource {
  // Gatekeeper creates a kind for each template.
  if (apiVersion.startsWith('constraints.gatekeeper.sh/')) return resource(apiVersion, kind, kind.toLowerCase(), false);
  const known = [...managedResources, ...suspendableResources, ...listedResources];
  const found = known.find((entry) => entry.apiVersion === apiVersion && entry.kind === kind);
  if (found === undefined) throw new Error(`${apiVersion}/${kind} is not a kind that Bulkhead manages`);
  return found;
}

/** Reports whether a plan can contain the kind as a dedicated workload. */
export function isWorkloadKind(kind: string): boolean {
  return managedResources.some((entry) => entry.kind === kind && entry.appliedAs === 'deployer');
}

const installedKinds = new Set(
  managedResources.filter(({ isInstalled }) => isInstalled === true).map(({ kind }) => kind),
);

/** Reports whether a kind belongs to a mesh or to the Gateway API, which not every cluster has. */
export function isMeshKind(kind: string): boolean {
  return installedKinds.has(kind);
}

/** The kinds of a tenant's objects except its workloads; the others belong to the cluster. */
export const tenantResources = managedResources.filter(
  ({ kind, namespaced, appliedAs }) => (namespaced || kind === 'Namespace') && appliedAs === undefined,
);

/**
 * Kinds of tenants' workloads, which a suspension scales to zero and a resumption restores. Bulkhead neither creates
 * nor deletes any.
 */
export const suspendableResources: readonly Resource[] = [
  resource('batch/v1', 'CronJob', 'cronjobs'),
  resource('apps/v1', 'Deployment', 'deployments'),
  resource('apps/v1', 'StatefulSet', 'statefulsets'),
  resource('apps/v1', 'DaemonSet', 'daemonsets'),
  resource('apps/v1', 'ReplicaSet', 'replicasets'),
  resource('v1', 'ReplicationController', 'replicationcontrollers'),
  resource('batch/v1', 'Job', 'jobs'),
];

/** Kinds that are only listed. */
const listedResources: readonly Resource[] = [
  resource('v1', 'Pod', 'pods'),
  resource('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions', false),
];

/** Identifies an object. `namespace` is empty for cluster-scoped objects. */
export interface ObjectKey {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
}

/** Returns the path of an object, or of its collection if `name` is undefined. */
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
