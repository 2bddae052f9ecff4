import { type TenantRole } from '#isolation';

/** The phase of a tenant, as observed by the worker. A `failed` tenant needs a change or retry to proceed. */
export const tenantPhases = [
  ...(['pending', 'provisioning', 'active', 'updating', 'suspended', 'quarantined'] as const),
  ...(['deleting', 'deleted', 'failed'] as const),
] as const;
export type TenantPhase = (typeof tenantPhases)[number];

export const conditionTypes = [
  'Ready',
  'ClusterReachable',
  'NamespacesReady',
  'QuotaApplied',
  'AccessReady',
  'NetworkIsolated',
  'MeshReady',
  'PoliciesEnforced',
  'WorkloadsApplied',
  'DriftFree',
] as const;
export type ConditionType = (typeof conditionTypes)[number];

/**
 * A condition of a tenant, following the Kubernetes API conventions. `reason` is one CamelCase word; the same problem
 * always has the same `message`, so that conditions do not flap.
 */
export interface Condition {
  type: ConditionType;
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  message: string;
  observedGeneration: number;
  /** ISO 8601; when `status` last changed. */
  lastTransitionTime: string;
}

/** The failed checks of the last isolation check, by the condition that they make False. */
export type IsolationFindings = Partial<Record<'NetworkIsolated' | 'PoliciesEnforced', string[]>>;

export const memberRoles = [
  'tenant-owner',
  'tenant-admin',
  'tenant-developer',
  'tenant-viewer',
] as const satisfies readonly TenantRole[];
