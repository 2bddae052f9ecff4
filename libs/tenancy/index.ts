export { ChangeFeed } from './changes/change-feed.js';
export { ChangesModule } from './changes/changes.module.js';
export {
  applyChange,
  type ChangeableTenant,
  environmentLimit,
  previewToken,
  type TenantChange,
} from './changes/tenant-change.js';
export {
  type ChangedTenant,
  refuseFrozen,
  type TenantAndOperation,
  TenantChanges,
  type TenantToChange,
} from './changes/tenant-changes.js';
export { EnvironmentsService } from './changes/environments.service.js';
export { ExternalIds, type PutTenant, type WantedTenant } from './changes/external-ids.service.js';
export { changeToken, demandPreview } from './changes/preview-match.js';
export { checkEnvironmentCount, type NewTenant, type TenantFilter, TenantsService } from './changes/tenants.service.js';
export { Wakeups } from './changes/wakeups.js';
export {
  Cluster,
  type ClusterCapabilities,
  type MeshPrerequisite,
  type MeshReport,
} from './clusters/cluster.entity.js';
export { ClustersService } from './clusters/clusters.service.js';
export { DeletionCertificatesService } from './deletions/deletion-certificates.service.js';
export { DueDeletions } from './deletions/due-deletions.js';
export { rowsOfDeletedTenants } from './deletions/rows-of-deleted-tenants.js';
export { type DeletionTerms, TenantDeletions } from './deletions/tenant-deletions.service.js';
export { type DriftReport, DriftService } from './drift/drift.service.js';
export { type DriftedField, type DriftKind, driftKinds } from './drift/tenant-drift.entity.js';
export { type BlastRadius, blastRadius } from './holds/blast-radius.js';
export { type HoldAndOperation, type HoldCaller, HoldsService } from './holds/holds.service.js';
export { QuarantinesService, type QuarantineStatus } from './holds/quarantines.service.js';
export { type Invitation } from './members/invitation.entity.js';
export { ExpiredInvitations } from './members/expired-invitations.js';
export { invitationsOfDeletedTenants } from './members/invitations-of-deleted-tenants.js';
export { InvitationsService } from './members/invitations.service.js';
export { type MemberAndOperation, MembersService } from './members/members.service.js';
export { OperationControl } from './operations/operation-control.js';
export { operationNotFound, OperationsService } from './operations/operations.service.js';
export { remedyFor } from './operations/remedies.js';
export { PlanVersion } from './plans/plan.entity.js';
export { PlansModule } from './plans/plans.module.js';
export { type PlanAtVersion, type PlanReference, PlansService } from './plans/plans.service.js';
export {
  type FieldChange,
  type ImageFindings,
  type NetworkRuleQuestion,
  type ObjectChange,
  type PlanPreview,
  type PlanPreviewRequest,
  type PolicyFindings,
  type PolicyQuestion,
  type PreviewProblem,
  type QuotaExcess,
  type QuotaFit,
  type TenantPreview,
  type TenantWithImages,
} from './previews/preview.js';
export { PreviewsService } from './previews/previews.service.js';
export { TenancyModule } from './tenancy.module.js';
export { refuseWhileDeleting } from './tenants/deletion-state.js';
export { EMERGENCY_SELECTS, EMERGENCY_IN_FORCE } from './tenants/emergency-rules.js';
export { Environment } from './tenants/environment.entity.js';
export { Hold, holdEffects, holdSources } from './tenants/hold.entity.js';
export { accountRoles, type IdentifiedMember } from './tenants/member.js';
export { storeIsolationFindings } from './tenants/isolation-findings.js';
export { cutOff, LINK_IS_APPROVED, type LinkInForce } from './tenants/links-in-force.js';
export { demandCapabilities } from './tenants/mesh-offer.js';
export {
  type FailureCause,
  Operation,
  type OperationError,
  operationKinds,
  type OperationState,
  operationStates,
  type OperationStep,
  stepNames,
  stepStates,
} from './tenants/operation.entity.js';
export { Quarantine, type TenantSelector } from './tenants/quarantine.entity.js';
export {
  type DesiredRow,
  fromDesiredRow,
  type PlacedTenant,
  DESIRED_TENANT,
  type DesiredTenant,
  DesiredTenants,
} from './tenants/desired-tenant.js';
export { TenantObject } from './tenants/tenant-object.entity.js';
export { tenantNotFound } from './tenants/tenant-reader.js';
export { type TenantOrigin, type TenantScope, TenantScopes } from './tenants/tenant-scope.js';
export {
  type Condition,
  type ConditionType,
  conditionTypes,
  type IsolationFindings,
  memberRoles,
  type TenantPhase,
  tenantPhases,
} from './tenants/tenant-status.js';
export { Tenant } from './tenants/tenant.entity.js';
export { wakeTenants, wakeTenantsOfCluster } from './tenants/wake.js';
