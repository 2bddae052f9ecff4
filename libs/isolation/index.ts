export { clusterRoleNames, renderClusterRoles } from './cluster-roles.js';
export { type KubernetesObject, type ObjectMetadata } from './kubernetes-object.js';
export {
  ENVIRONMENT_LABEL,
  EXPOSED_LABEL,
  KUBE_API_LABEL,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  PLAN_LABEL,
  PLAN_VERSION_ANNOTATION,
  TENANT_ID_LABEL,
} from './labels.js';
export { renderTenant } from './object-set.js';
export { DEPLOYER } from './service-account.js';
export {
  type ClusterFacts,
  type PlatformPods,
  type TenantEnvironment,
  type TenantInput,
  type TenantMember,
  type TenantRole,
} from './tenant-input.js';
