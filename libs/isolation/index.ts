export { renderAdmissionPolicies } from './admission/admission-policies.js';
export {
  canary,
  type CanarySort,
  POLICIES_ANNOTATION,
  renderCanaryPolicies,
  renderPolicyCanary,
} from './admission/canary.js';
export { DEFAULT_PROVISIONER } from './admission/exemptions.js';
export { EXPORT_ANNOTATION, EXPORT_MANAGER } from './admission/service-exports.js';
export { type Walls } from './admission/walls.js';
export { renderClusterRoles } from './cluster-roles.js';
export { renderDeletionQuota } from './deletion-quota.js';
export { GUARDRAIL_NAME, renderGuardrail } from './guardrail.js';
export { type KubernetesObject } from './kubernetes-object.js';
export {
  ENVIRONMENT_LABEL,
  EXPOSED_LABEL,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  namespaceLabelOf,
  NAMESPACE_NAME_LABEL,
  PLAN_LABEL,
  TENANT_ID_LABEL,
} from './labels.js';
export { ACCESS_QUOTA_NAME } from './quota.js';
export { isCutOff, type Restriction } from './restriction.js';
export { tunnelPort } from './mesh/mesh-network.js';
export { DENIED_TAG } from './mesh/telemetry-tags.js';
export { renderNamespace } from './namespace.js';
export { isWithin, type LackingCapability, lackingFor } from './routing/route-support.js';
export { renderMeshPolicies, renderNetwork, renderTenant } from './object-set.js';
export { type ClusterFacts, type MeshFacts, type TenantInput } from './tenant-input.js';
export { type Endpoint, type PodEndpoint, type Port } from './verdict/endpoint.js';
export { judgeMesh } from './verdict/mesh/judge-mesh.js';
export { type MeshCall } from './verdict/mesh/mesh-call.js';
export { type DirectionVerdict, judge, type Verdict } from './verdict/judge.js';
export { samplePorts } from './verdict/named-ports.js';
export { type OpenLink, openLinks, type Place } from './verdict/open-links.js';
export { Policies } from './verdict/policies.js';
export { type ProbePlan, probePlan } from './verdict/probe-plan.js';
export { platformPlaces, tenantPlace } from './verdict/rendered-places.js';
export { UnreadableObjectError } from './verdict/unreadable-object.js';
export { type TenantWays, tenantWays, type Way } from './verdict/tenant-ways.js';
export { isolationTrials } from './proof/trials.js';
export { allRights, GrantedRights, type Identity, type Right, rightInWords } from './proof/permissions.js';
export { type CheckTitle, type Question, type TrialCheck, type TriedWrite } from './proof/trial.js';
export { meshAnswers } from './proof/mesh-questions.js';
export { portsOfLink, waysOverLink } from './verdict/link-ways.js';
export { guardrailAnswers, type NetworkAnswer, networkAnswers } from './proof/network-questions.js';
