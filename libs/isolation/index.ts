export { renderAdmissionPolicies, RETIRED_POLICIES } from './admission/admission-policies.js';
export {
  canary,
  type CanaryKind,
  POLICIES_ANNOTATION,
  renderCanaryPolicies,
  renderPolicyCanary,
} from './admission/canary.js';
export { cutOffCanary, refusesCutOff } from './admission/cut-off.js';
export { CUT_OFF_ANNOTATION } from './admission/parameters.js';
export { DEFAULT_PROVISIONER, PROVER, PROVER_ACCOUNT } from './admission/exemptions.js';
export { hostCanary, refusesHost } from './admission/hosts.js';
export { isMeshContainer } from './admission/mesh-containers.js';
export { EXPORT_ANNOTATION, EXPORT_MANAGER } from './admission/service-exports.js';
export { type AdmissionBaseline } from './admission/admission-baseline.js';
export { canonicalSelector, IMAGE_SELECTOR, imageTest, type ImageTest, spellingsOf } from './images/image-reference.js';
export { imageSpellings, isNamedBy } from './images/image-spellings.js';
export { areRenderable, type OfferedLink } from './mesh/linkerd-servers.js';
export { meshOf } from './mesh/mesh-model.js';
export { DENIED_TAG } from './mesh/telemetry-tags.js';
export { type KubernetesObject } from './model/kubernetes-object.js';
export {
  ENVIRONMENT_LABEL,
  EXPOSED_LABEL,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  NAMESPACE_NAME_LABEL,
  namespaceLabelOf,
  PLAN_LABEL,
  TENANT_ID_LABEL,
  environmentLabels,
} from './model/labels.js';
export { isCutOff, type Restriction } from './model/restriction.js';
export { type NetworkRule, ruleActions, ruleDirections, type RulePort } from './model/network-rule.js';
export { protocols } from './model/protocol.js';
export {
  type ClusterFacts,
  type MeshFacts,
  type TenantInput,
  type TenantLink,
  type TenantMember,
  type TenantRole,
  type WorkloadIdentity,
} from './model/tenant-input.js';
export { renderDeletionQuota } from './namespace/deletion-quota.js';
export { renderNamespace } from './namespace/namespace.js';
export { ACCESS_QUOTA_NAME } from './namespace/quota.js';
export {
  type ConnectionChange,
  connectionChanges,
  ruleChanges,
  type RuleInForceChange,
} from './network/connection-changes.js';
export { GUARDRAIL_NAME, renderGuardrail } from './network/guardrail.js';
export { podGroupCount } from './network/rule-policies.js';
export { tunnelPort } from './network/mesh-network.js';
export { meshAnswers } from './proof/mesh-questions.js';
export { guardrailAnswers, type NetworkAnswer, networkAnswers } from './proof/network-questions.js';
export { allRights, GrantedRights, type Identity, type Right, rightInWords } from './proof/permissions.js';
export { type CheckTitle, type Question, type TrialCheck, type TriedWrite } from './proof/trial.js';
export { isolationTrials } from './proof/trials.js';
export { renderClusterRoles } from './rbac/cluster-roles.js';
export { renderMeshPolicies, renderNetwork, renderTenant } from './render/object-set.js';
export { UnrenderableTenant } from './render/unrenderable-tenant.js';
export { addressPieces, type AddressSource } from './rules/address-pieces.js';
export { isCoveredBy, mergeCidrs } from './rules/address-set.js';
export { alwaysClosed } from './rules/closed-ranges.js';
export { contradict } from './rules/contradictions.js';
export { beyondPlan, outOfForce } from './rules/in-force.js';
export { layersOf, type RuleLayer } from './rules/layers.js';
export { portSet } from './rules/port-set.js';
export { type RuleAbout, rulesAbout } from './rules/rules-about.js';
export { lackingForRule } from './rules/rule-support.js';
export { isWithin, type MissingCapability, missingCapabilityFor } from './routing/route-support.js';
export { type Endpoint, type PodEndpoint, type Port } from './verdict/endpoint.js';
export { type DirectionVerdict, judge, type Verdict } from './verdict/judge.js';
export { linkFor, portsOfLink, pathsOverLink } from './verdict/link-paths.js';
export { judgeMesh } from './verdict/mesh/judge-mesh.js';
export { type MeshCall } from './verdict/mesh/mesh-call.js';
export { samplePorts } from './verdict/named-ports.js';
export { type OpenPath, openPaths, type Place } from './verdict/open-paths.js';
export { Policies } from './verdict/policies.js';
export { probePlan, type ProbePlan } from './verdict/probe-plan.js';
export { platformPlaces, ruleAddresses, tenantPlace } from './verdict/rendered-places.js';
export { type TenantPaths, tenantPaths, type Path } from './verdict/tenant-paths.js';
export { UnreadableObjectError } from './verdict/unreadable-object.js';
