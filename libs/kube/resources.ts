/** The namespace in which Bulkhead runs and keeps its own objects. */
export const PLATFORM_NAMESPACE = 'bulkhead-system';

/** A kind and its address in the API, and what the rest of Bulkhead has to know about it. */
export interface Resource extends Traits {
  apiVersion: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  part: Part;
  /** Present on workloads: accessed only as the namespace's deployer, never as the worker itself. */
  appliedAs?: 'deployer';
}

/**
 * What Bulkhead does with objects of a kind.
 *
 * - `tenant`: writes them for each tenant, and watches them.
 * - `workload`: writes them if a plan brings them along.
 * - `cluster`: writes some that all tenants of a cluster share.
 * - `read`: writes none.
 */
type Part = 'tenant' | 'workload' | 'cluster' | 'read';

interface Traits {
  /** Present on kinds that exist only in clusters where their definition is installed. */
  isInstalled?: true;
  /** The cluster and its controllers complete the objects: fields beyond the rendered ones are not drift. */
  isCompletedByOthers?: true;
  /** It has a status and no generation, so that its resource version changes without any change of what it demands. */
  hasStatusInVersion?: true;
  /**
   * Each map of an object is merged key by key by an apply too, or always has the same keys: the API server takes none
   * of them as one value (`x-kubernetes-map-type: atomic`). Lists can be anything.
   */
  isMergedByKey?: true;
  /**
   * A suspension scales workloads of tenants of this kind to zero, and a resumption restores them. Such objects of
   * tenants are neither created nor deleted.
   */
  isSuspendable?: true;
  /** The worker itself may list the objects in tenants' namespaces, with their contents. */
  isReadable?: true;
}

type More = Traits & Partial<Pick<Resource, 'namespaced' | 'appliedAs'>>;

/** Returns a function that describes kinds of one part. A kind is namespaced unless it is said not to be. */
function kindsOf<const P extends Part>(part: P) {
  return <const K extends string>(apiVersion: string, kind: K, plural: string, more: More = {}) => ({
    apiVersion,
    kind,
    plural,
    namespaced: true,
    ...more,
    part,
  });
}

const tenant = kindsOf('tenant');
const workload = kindsOf('workload');
const cluster = kindsOf('cluster');
const read = kindsOf('read');

const notNamespaced = { namespaced: false } as const;
const installed = { isInstalled: true } as const;
const readable = { isReadable: true } as const;
const merged = { isMergedByKey: true } as const;
const deployed = { appliedAs: 'deployer' } as const;
const running = { isSuspendable: true, isReadable: true } as const;

/**
 * Every kind that Bulkhead writes or lists. A fixed table instead of discovery: the worker has no rights to any other
 * kind (its ClusterRole lists the same), and a pass needs no extra request. What higher floors know about a kind is
 * keyed by `TenantKind` and `WorkloadKind`, so that a kind that is added here and forgotten there does not compile.
 */
const table = [
  tenant('v1', 'Namespace', 'namespaces', {
    ...notNamespaced,
    ...merged,
    isCompletedByOthers: true,
    hasStatusInVersion: true,
  }),
  tenant('v1', 'ResourceQuota', 'resourcequotas', { ...readable, ...merged, hasStatusInVersion: true }),
  tenant('v1', 'LimitRange', 'limitranges', { ...readable, ...merged }),
  tenant('v1', 'ServiceAccount', 'serviceaccounts', { ...readable, ...merged, isCompletedByOthers: true }),
  tenant('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies', readable),
  cluster('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', 'clusternetworkpolicies', notNamespaced),
  tenant('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings', { ...readable, ...merged }),
  cluster('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', notNamespaced),
  ...(['ValidatingAdmissionPolicy', 'MutatingAdmissionPolicy'] as const).flatMap((kind) => [
    cluster('admissionregistration.k8s.io/v1', kind, `${kind.toLowerCase().slice(0, -1)}ies`, notNamespaced),
    cluster('admissionregistration.k8s.io/v1', `${kind}Binding`, `${kind.toLowerCase()}bindings`, notNamespaced),
  ]),
  cluster('templates.gatekeeper.sh/v1', 'ConstraintTemplate', 'constrainttemplates', notNamespaced),
  // Qualified names everywhere: with both meshes there are two kinds AuthorizationPolicy.
  tenant('security.istio.io/v1', 'PeerAuthentication', 'peerauthentications', installed),
  tenant('security.istio.io/v1', 'AuthorizationPolicy', 'authorizationpolicies', installed),
  tenant('networking.istio.io/v1', 'Sidecar', 'sidecars', installed),
  tenant('networking.istio.io/v1', 'ServiceEntry', 'serviceentries', installed),
  tenant('networking.istio.io/v1', 'DestinationRule', 'destinationrules', installed),
  tenant('networking.istio.io/v1alpha3', 'EnvoyFilter', 'envoyfilters', installed),
  tenant('telemetry.istio.io/v1', 'Telemetry', 'telemetries', installed),
  tenant('policy.linkerd.io/v1beta3', 'Server', 'servers', installed),
  tenant('policy.linkerd.io/v1alpha1', 'AuthorizationPolicy', 'authorizationpolicies', installed),
  tenant('policy.linkerd.io/v1alpha1', 'MeshTLSAuthentication', 'meshtlsauthentications', installed),
  tenant('policy.linkerd.io/v1alpha1', 'NetworkAuthentication', 'networkauthentications', installed),
  tenant('policy.linkerd.io/v1alpha1', 'EgressNetwork', 'egressnetworks', installed),
  tenant('policy.linkerd.io/v1alpha1', 'HTTPLocalRateLimitPolicy', 'httplocalratelimitpolicies', installed),
  tenant('gateway.networking.k8s.io/v1', 'Gateway', 'gateways', installed),
  tenant('gateway.networking.k8s.io/v1', 'HTTPRoute', 'httproutes', installed),
  tenant('gateway.networking.k8s.io/v1', 'ListenerSet', 'listenersets', installed),
  workload('v1', 'ConfigMap', 'configmaps', deployed),
  workload('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims', deployed),
  workload('v1', 'Service', 'services', deployed),
  workload('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', deployed),
  workload('batch/v1', 'CronJob', 'cronjobs', { ...deployed, ...running }),
  workload('apps/v1', 'Deployment', 'deployments', { ...deployed, ...running }),
  workload('apps/v1', 'StatefulSet', 'statefulsets', { ...deployed, ...running }),
  read('apps/v1', 'DaemonSet', 'daemonsets', running),
  read('apps/v1', 'ReplicaSet', 'replicasets', running),
  read('v1', 'ReplicationController', 'replicationcontrollers', running),
  workload('batch/v1', 'Job', 'jobs', { ...deployed, ...running }),
  workload('networking.k8s.io/v1', 'Ingress', 'ingresses', deployed),
  workload('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets', deployed),
  read('gateway.networking.k8s.io/v1', 'GRPCRoute', 'grpcroutes', installed),
  read('v1', 'Pod', 'pods', readable),
  read('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions', notNamespaced),
];

type Entry = (typeof table)[number];
type KindOf<P extends Part> = Extract<Entry, { part: P }>['kind'];

/** A kind that Bulkhead writes for each tenant. */
export type TenantKind = KindOf<'tenant'>;

/** A kind that a plan can bring along. */
export type WorkloadKind = KindOf<'workload'>;

const resources: readonly Resource[] = table;
const byName = new Map(resources.map((entry) => [`${entry.apiVersion}/${entry.kind}`, entry]));

/** Returns the kind's entry of the table. */
export function resourceOf({ apiVersion, kind }: Pick<Resource, 'apiVersion' | 'kind'>): Resource {
  // Gatekeeper creates a kind for each template.
  if (apiVersion.startsWith('constraints.gatekeeper.sh/')) {
    return cluster(apiVersion, kind, kind.toLowerCase(), notNamespaced);
  }
  const found = byName.get(`${apiVersion}/${kind}`);
  if (found === undefined) throw new Error(`${apiVersion}/${kind} is not a kind that Bulkhead manages`);
  return found;
}

/** Every kind that Bulkhead writes. */
export const managedResources = resources.filter(({ part }) => part !== 'read');

/** The kinds of a tenant's objects except its workloads. */
export const tenantResources = resources.filter(({ part }) => part === 'tenant');

/** Kinds of tenants' workloads that a suspension scales to zero: what starts others comes first. */
export const suspendableResources = resources.filter(({ isSuspendable }) => isSuspendable === true);

/** Kinds that the worker itself may list in tenants' namespaces. */
export const readableResources = resources.filter(({ isReadable }) => isReadable === true);

const kindsThat = (test: (entry: Resource) => boolean): ReadonlySet<string> =>
  new Set(resources.filter(test).map(({ kind }) => kind));
const tenantKinds = kindsThat(({ part }) => part === 'tenant');
const workloadKinds = kindsThat(({ part }) => part === 'workload');
const installedKinds = kindsThat(({ isInstalled }) => isInstalled === true);
const kindsCompletedByOthers = kindsThat(({ isCompletedByOthers }) => isCompletedByOthers === true);
const kindsMergedByKey = kindsThat(({ isMergedByKey }) => isMergedByKey === true);
const kindsWithStatusInVersion = kindsThat(({ hasStatusInVersion }) => hasStatusInVersion === true);

/** Reports whether Bulkhead writes objects of the kind for each tenant. */
export function isTenantKind(kind: string): kind is TenantKind {
  return tenantKinds.has(kind);
}

/** Reports whether a plan can contain the kind as a dedicated workload. */
export function isWorkloadKind(kind: string): kind is WorkloadKind {
  return workloadKinds.has(kind);
}

/** Reports whether a kind belongs to a mesh or to the Gateway API, which not every cluster has. */
export function isMeshKind(kind: string): boolean {
  return installedKinds.has(kind);
}

/** Reports whether fields beyond the rendered ones are no drift: the cluster and its controllers add some. */
export function isCompletedByOthers(kind: string): boolean {
  return kindsCompletedByOthers.has(kind);
}

/** Reports whether a merge patch changes an object of the kind like an apply, except for what it omits. */
export function isMergedByKey(kind: string): boolean {
  return kindsMergedByKey.has(kind);
}

/** Reports whether the resource version of the kind changes with its status, and it has no generation. */
export function hasStatusInVersion(kind: string): boolean {
  return kindsWithStatusInVersion.has(kind);
}

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
