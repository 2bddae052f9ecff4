import { type PlanSpec } from '#plans';

/** What a plan allows, on the namespace: lists are joined by commas. Absent: no restriction of that sort. */
export const REGISTRIES_ANNOTATION = 'bulkhead.io/registries';
export const REQUIRE_DIGEST_ANNOTATION = 'bulkhead.io/require-digest';
export const STORAGE_CLASSES_ANNOTATION = 'bulkhead.io/storage-classes';
/** Absent: no class at all. */
export const PRIORITY_CLASSES_ANNOTATION = 'bulkhead.io/priority-classes';
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
/** Absent: any number. */
export const MAX_REPLICAS_ANNOTATION = 'bulkhead.io/max-replicas';
export const READ_ONLY_ROOT_ANNOTATION = 'bulkhead.io/read-only-root-filesystem';

/** Label and taint of the nodes of a pool; its value is the pool's name. */
export const NODE_POOL_KEY = 'bulkhead.io/node-pool';

/** The annotations by which the policies know what a plan allows. Only the provisioner may write them. */
export function policyParameters({
  images,
  storageClasses,
  priorityClasses,
  runtimeClass,
  nodePool,
  network,
  podSecurity,
  workloadLimits,
}: PlanSpec): Record<string, string> {
  const list = (key: string, values: readonly string[]): Record<string, string> =>
    values.length === 0 ? {} : { [key]: [...values].sort().join(',') };
  return {
    ...list(REGISTRIES_ANNOTATION, images.registries),
    ...(images.requireDigest && { [REQUIRE_DIGEST_ANNOTATION]: 'true' }),
    ...list(STORAGE_CLASSES_ANNOTATION, storageClasses),
    ...list(PRIORITY_CLASSES_ANNOTATION, priorityClasses),
    ...(runtimeClass !== null && { [RUNTIME_CLASS_ANNOTATION]: runtimeClass }),
    ...(nodePool !== null && { [NODE_POOL_ANNOTATION]: nodePool }),
    ...(network.kubeApi && { [API_TOKENS_ANNOTATION]: 'true' }),
    ...(podSecurity.userNamespaces && { [USER_NAMESPACES_ANNOTATION]: 'true' }),
    ...(podSecurity.readOnlyRootFilesystem && { [READ_ONLY_ROOT_ANNOTATION]: 'true' }),
    ...(workloadLimits.emptyDirSizeLimit && { [EMPTY_DIR_ANNOTATION]: 'true' }),
    ...(workloadLimits.maxReplicas !== null && { [MAX_REPLICAS_ANNOTATION]: String(workloadLimits.maxReplicas) }),
  };
}

/** The annotation by which admission knows whose hosts are. */
export function hostParameters(hosts: readonly string[]): Record<string, string> {
  return hosts.length === 0 ? {} : { [HOSTS_ANNOTATION]: [...hosts].sort().join(',') };
}

/** The CEL expression of an annotation of the namespace; empty when absent. */
export function parameter(annotation: string): string {
  return `namespaceObject.metadata.?annotations[?'${annotation}'].orValue('')`;
}

/** The CEL condition that a value is in the list of an annotation, or that there is no list. */
export function listedIn(annotation: string, value: string): string {
  return `${parameter(annotation)} == '' || ${value} in ${parameter(annotation)}.split(',')`;
}
