export { type Credentials, KubeconfigError, loadCredentials } from './credentials.js';
export { type ApiResource, apiResourceOf, type ServedResource } from './discovery.js';
export { fingerprintOf, type ManagedFields } from './fingerprint.js';
export { asDeployerOf } from './impersonation.js';
export { FIELD_MANAGER, KubeClient, type LiveObject } from './kube-client.js';
export {
  isAuthorizationFailure,
  isClusterFailure,
  isAccessQuotaExceeded,
  isQuotaLag,
  isRefusedToDeployer,
  isRoleNotGrantable,
  KubeError,
  KubeUnreachable,
} from './kube-error.js';
export { type Knowledge, ObjectCache } from './object-cache.js';
export { hashOf, keyOf, nameOf } from './object-identity.js';
export { type CachedObject } from './object-store.js';
export { type ListedMetadata, RemovalClient } from './removal-client.js';
export {
  isCompletedByOthers,
  isMergedByKey,
  isMeshKind,
  isTenantKind,
  isWorkloadKind,
  managedResources,
  type ObjectKey,
  objectName,
  PLATFORM_NAMESPACE,
  readableResources,
  suspendableResources,
  type TenantKind,
  tenantResources,
  type WorkloadKind,
} from './resources.js';
export { type RequestLimits } from './transport.js';
export { type Permission, MissingTrialRights, type Subject, type TrialAnswer, TrialClient } from './trial-client.js';
