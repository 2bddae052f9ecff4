import { type PlanSpec } from '#plans';

import { canonicalSelector } from '../images/image-reference.js';
import { type MeshFacts, type TenantInput } from '../model/tenant-input.js';

/**
 * Settings of the plan, on the namespace. Lists are joined by commas; an absent annotation means no restriction of that
 * kind.
 */
export const REGISTRIES_ANNOTATION = 'bulkhead.io/registries';
export const REQUIRE_DIGEST_ANNOTATION = 'bulkhead.io/require-digest';
export const STORAGE_CLASSES_ANNOTATION = 'bulkhead.io/storage-classes';
export const INGRESS_CLASSES_ANNOTATION = 'bulkhead.io/ingress-classes';
/** Absent: only the cluster's default. */
export const LOAD_BALANCER_CLASSES_ANNOTATION = 'bulkhead.io/load-balancer-classes';
/** Absent: load balancers have no node port for health checks. */
export const HEALTH_CHECK_NODE_PORTS_ANNOTATION = 'bulkhead.io/health-check-node-ports';
/** Absent: none. */
export const CSI_DRIVERS_ANNOTATION = 'bulkhead.io/csi-drivers';
/** Absent: no class at all. */
export const PRIORITY_CLASSES_ANNOTATION = 'bulkhead.io/priority-classes';
/** Resources of `quota.devices`. Absent: none. */
export const DEVICES_ANNOTATION = 'bulkhead.io/devices';
/** Domains and keys of annotations, in addition to harmless ones. Absent: none. */
export const ALLOWED_ANNOTATIONS_ANNOTATION = 'bulkhead.io/allowed-annotations';
/** Absent: none. */
export const TOKEN_AUDIENCES_ANNOTATION = 'bulkhead.io/token-audiences';
/** Absent: none, the node's default. */
export const RUNTIME_CLASS_ANNOTATION = 'bulkhead.io/runtime-class';
/** Absent: shared nodes. */
export const NODE_POOL_ANNOTATION = 'bulkhead.io/node-pool';
/** Absent: pods hold no tokens for the Kubernetes API. */
export const API_TOKENS_ANNOTATION = 'bulkhead.io/api-tokens';
export const USER_NAMESPACES_ANNOTATION = 'bulkhead.io/user-namespaces';
export const EMPTY_DIR_ANNOTATION = 'bulkhead.io/empty-dir-size-limit';
/** Absent: none, and no Ingress. */
export const HOSTS_ANNOTATION = 'bulkhead.io/hosts';
/** The Gateway to which routes of the tenant can attach, as `namespace/name`. Absent: none. */
export const GATEWAY_ANNOTATION = 'bulkhead.io/gateway';
export const MAX_ROUTE_TIMEOUT_ANNOTATION = 'bulkhead.io/max-route-timeout';
export const MAX_ROUTE_RETRIES_ANNOTATION = 'bulkhead.io/max-route-retries';
/** Absent: any number. */
export const MAX_REPLICAS_ANNOTATION = 'bulkhead.io/max-replicas';
export const READ_ONLY_ROOT_ANNOTATION = 'bulkhead.io/read-only-root-filesystem';

/** `true` on a namespace of a tenant that is suspended or quarantined. */
export const CUT_OFF_ANNOTATION = 'bulkhead.io/cut-off';

/** The kind of the mesh that pods are in. Absent: none. */
export const MESH_ANNOTATION = 'bulkhead.io/mesh';
/** Repositories of the images that the mesh injects. */
export const MESH_IMAGES_ANNOTATION = 'bulkhead.io/mesh-images';
/** The container that every pod must have. Absent: none. */
export const MESH_PROXY_ANNOTATION = 'bulkhead.io/mesh-proxy';
/** Labels and annotations that the mesh puts on pods, as `key=value`, joined by semicolons. */
export const MESH_MARKS_ANNOTATION = 'bulkhead.io/mesh-marks';

/** Label and taint of the nodes of a pool; its value is the pool's name. */
export const NODE_POOL_KEY = 'bulkhead.io/node-pool';

/** Returns the annotations from which the policies read the plan. Only the provisioner can write them. */
export function policyParameters({
  images,
  storageClasses,
  csiDrivers,
  ingressClasses,
  loadBalancerClasses,
  priorityClasses,
  annotations,
  tokenAudiences,
  runtimeClass,
  nodePool,
  network,
  podSecurity,
  quota,
  workloadLimits,
}: PlanSpec): Record<string, string> {
  const list = (key: string, values: readonly string[]): Record<string, string> =>
    values.length === 0 ? {} : { [key]: [...values].sort().join(',') };
  return {
    ...list(REGISTRIES_ANNOTATION, images.registries.map(canonicalSelector)),
    ...(images.requireDigest && { [REQUIRE_DIGEST_ANNOTATION]: 'true' }),
    ...list(STORAGE_CLASSES_ANNOTATION, storageClasses),
    ...list(CSI_DRIVERS_ANNOTATION, csiDrivers),
    ...list(INGRESS_CLASSES_ANNOTATION, ingressClasses),
    ...list(LOAD_BALANCER_CLASSES_ANNOTATION, loadBalancerClasses),
    ...list(PRIORITY_CLASSES_ANNOTATION, priorityClasses),
    ...list(DEVICES_ANNOTATION, Object.keys(quota.devices)),
    ...list(ALLOWED_ANNOTATIONS_ANNOTATION, annotations),
    ...list(TOKEN_AUDIENCES_ANNOTATION, tokenAudiences),
    ...(runtimeClass !== null && { [RUNTIME_CLASS_ANNOTATION]: runtimeClass }),
    ...(nodePool !== null && { [NODE_POOL_ANNOTATION]: nodePool }),
    ...(network.healthCheckNodePorts && { [HEALTH_CHECK_NODE_PORTS_ANNOTATION]: 'true' }),
    ...(network.kubeApi && { [API_TOKENS_ANNOTATION]: 'true' }),
    ...(podSecurity.userNamespaces && { [USER_NAMESPACES_ANNOTATION]: 'true' }),
    ...(podSecurity.readOnlyRootFilesystem && { [READ_ONLY_ROOT_ANNOTATION]: 'true' }),
    ...(workloadLimits.emptyDirSizeLimit && { [EMPTY_DIR_ANNOTATION]: 'true' }),
    ...(workloadLimits.maxReplicas !== null && { [MAX_REPLICAS_ANNOTATION]: String(workloadLimits.maxReplicas) }),
  };
}

/** Returns the annotation that names the tenant's hosts. */
export function hostParameters(hosts: readonly string[]): Record<string, string> {
  return hosts.length === 0 ? {} : { [HOSTS_ANNOTATION]: [...hosts].sort().join(',') };
}

const istioImages = ['docker.io/istio/proxyv2', 'gcr.io/istio-release/proxyv2', 'registry.istio.io/release/proxyv2'];

/** The repositories of each mesh's own images, and the container that every pod must have. */
const meshDefaults = {
  'istio-sidecar': { images: istioImages, proxy: 'istio-proxy' },
  // The proxies of an ambient mesh run on nodes and in waypoints.
  'istio-ambient': { images: istioImages, proxy: null },
  linkerd: { images: ['cr.l5d.io/linkerd/proxy', 'cr.l5d.io/linkerd/proxy-init'], proxy: 'linkerd-proxy' },
} as const;

/** Returns the annotations that describe what the mesh injects into pods; empty without a mesh. */
export function meshParameters(mesh: MeshFacts | null): Record<string, string> {
  if (mesh === null) return {};
  const { images, proxy } = meshDefaults[mesh.kind];
  const marks = Object.entries(mesh.podMarks ?? {}).map(([key, value]) => `${key}=${value}`);
  return {
    [MESH_ANNOTATION]: mesh.kind,
    [MESH_IMAGES_ANNOTATION]: [...(mesh.proxyImages ?? images)].sort().join(','),
    ...(proxy !== null && mesh.requiresProxies !== false && { [MESH_PROXY_ANNOTATION]: proxy }),
    ...(marks.length > 0 && { [MESH_MARKS_ANNOTATION]: marks.sort().join(';') }),
  };
}

/** Returns the annotations that bound the tenant's routes; empty if it cannot have any. */
export function routeParameters({ cluster, plan }: Pick<TenantInput, 'cluster' | 'plan'>): Record<string, string> {
  const { sharedGateway } = cluster;
  if (!plan.spec.network.ingressGateway || sharedGateway === null || sharedGateway === undefined) return {};
  const { maxTimeout, maxRetries } = plan.spec.routing;
  return {
    [GATEWAY_ANNOTATION]: `${sharedGateway.namespace}/${sharedGateway.name}`,
    [MAX_ROUTE_TIMEOUT_ANNOTATION]: maxTimeout,
    [MAX_ROUTE_RETRIES_ANNOTATION]: String(maxRetries),
  };
}

/** CEL: an annotation of the namespace, or an empty string. */
export function parameter(annotation: string): string {
  return `namespaceObject.metadata.?annotations[?'${annotation}'].orValue('')`;
}

/** CEL: a value is in the list of an annotation, or there is no list. */
export function listedIn(annotation: string, value: string): string {
  return `${parameter(annotation)} == '' || ${value} in ${parameter(annotation)}.split(',')`;
}
