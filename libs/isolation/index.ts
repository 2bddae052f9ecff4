export { renderAdmissionPolicies, hasMutatingPolicies } from './admission/admission-policies.js';
export { DEFAULT_PROVISIONER } from './admission/exemptions.js';
export { renderClusterRoles } from './cluster-roles.js';
export { renderDeletionQuota } from './deletion-quota.js';
export { type KubernetesObject } from './kubernetes-object.js';
export { ENVIRONMENT_LABEL, NAMESPACE_NAME_LABEL, TENANT_ID_LABEL } from './labels.js';
export { renderTenant } from './object-set.js';
export { type Restriction } from './restriction.js';
export { type ClusterFacts, type TenantInput } from './tenant-input.js';
