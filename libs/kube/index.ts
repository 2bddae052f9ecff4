export { type Credentials, KubeconfigError, loadCredentials } from './credentials.js';
export { type ApiResource, type ServedResource } from './discovery.js';
export { fingerprintOf, type ManagedFields } from './fingerprint.js';
export { asDeployerOf, isRefusedToDeployer } from './impersonation.js';
export { FIELD_MANAGER, KubeClient, type LiveObject } from './kube-client.js';
export {
  isAuthorizationFailure,
  isClusterFailure,
  isAccessQuotaExceeded,
  isQuotaLag,
  isTransient,
  KubeError,
  KubeUnreachable,
} from './kube-error.js';
export { type CachedObject, ObjectCache } from './object-cache.js';
export { hashOf, keyOf, nameOf } from './object-identity.js';
export { type ListedMetadata, type ListedPage, RemovalClient } from './removal-client.js';
export {
  isMeshKind,
  isWorkloadKind,
  managedResources,
  type ObjectKey,
  objectName,
  PLATFORM_NAMESPACE,
  suspendableResources,
  tenantResources,
} from './resources.js';
export {
  type Permission,
  PROVER,
  MissingTrialRights,
  type Subject,
  type TrialAnswer,
  TrialClient,
} from './trial-client.js';
