export { ChangeFeed } from './change-feed.js';
export { Cluster, type ClusterCapabilities, type MeshPrerequisite, type MeshReport } from './cluster.entity.js';
export { ClustersService } from './clusters.service.js';
export { demandCapabilities, type StoredFacts } from './mesh-offer.js';
export { DeletionCertificateRecord } from './deletion-certificate.entity.js';
export { DeletionCertificatesService } from './deletion-certificates.service.js';
export { Environment } from './environment.entity.js';
export { Hold, holdEffects, type HoldSource, holdSources } from './hold.entity.js';
export { type HoldAndOperation, type HoldCaller, HoldsService } from './holds.service.js';
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
} from './operation.entity.js';
export { Host } from './host.entity.js';
export { type HostAndOperation, HostsService } from './hosts.service.js';
export { IsolationCheck, isolationCheckStates } from './isolation-check.entity.js';
export { IsolationChecksService } from './isolation-checks.service.js';
export { OperationControl } from './operation-control.js';
export { OperationsService } from './operations.service.js';
export { type Page, pageOf, type PageRequest } from './page.js';
export { nextGenerations } from './next-generations.js';
export { changePlanVersions } from './plan-version-changes.js';
export { Plan, PlanVersion } from './plan.entity.js';
export { type PlanAtVersion, type PlanReference, PlansService } from './plans.service.js';
export { PlansModule } from './plans.module.js';
export { SuspendedWorkload } from './suspended-workload.entity.js';
export { SigningKeyRecord } from './signing-key.entity.js';
export {
  type FieldChange,
  type ObjectChange,
  type PlanPreview,
  type ImageFindings,
  type PolicyFindings,
  type PolicyQuestion,
  type PlanPreviewRequest,
  Preview,
  type PreviewProblem,
  type QuotaExcess,
  type QuotaFit,
  type TenantPreview,
  type TenantWithImages,
} from './preview.entity.js';
export { type AnsweredPreview, PreviewsService } from './previews.service.js';
export {
  applyChange,
  type ChangeableTenant,
  environmentLimit,
  previewToken,
  type TenantChange,
} from './tenant-change.js';
export { TenancyModule } from './tenancy.module.js';
export { cutOff, LINK_IS_AGREED, type LinkInForce } from './links-in-force.js';
export { beginMany, raiseGenerations } from './operations-of-many.js';
export {
  fromWantedRow,
  type PlacedTenant,
  TENANT_AS_WANTED,
  type TenantAsWanted,
  WantedTenants,
} from './tenant-as-wanted.js';
export { type DriftReport, DriftService } from './drift.service.js';
export { type DriftedField, type DriftKind, driftKinds, TenantDrift } from './tenant-drift.entity.js';
export { type BlastRadius } from './blast-radius.js';
export { Quarantine } from './quarantine.entity.js';
export { QuarantinesService, type QuarantineStatus } from './quarantines.service.js';
export { remedyFor } from './remedies.js';
export { TenantObject } from './tenant-object.entity.js';
export {
  type Condition,
  type ConditionType,
  conditionTypes,
  type Member,
  memberRoles,
  type TenantPhase,
  tenantPhases,
  type IsolationFindings,
} from './tenant-status.js';
export { TenantDeletions } from './tenant-deletions.service.js';
export { Tenant } from './tenant.entity.js';
export { refuseWhileDeleting } from './deletion-state.js';
export { refuseFrozen, type TenantAndOperation, TenantChanges, tenantNotFound } from './tenant-changes.js';
export { checkEnvironmentCount, type NewTenant, TenantsService } from './tenants.service.js';
export { Wakeups } from './wakeups.js';
export { ProofModule } from './proof.module.js';
