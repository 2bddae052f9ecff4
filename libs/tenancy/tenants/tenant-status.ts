import { type TenantRole } from '#isolation';

/** Where a tenant is in its life, as observed by the worker. `failed` needs a change before it goes on. */
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
 * One thing that is known about a tenant, after the conventions of the Kubernetes API. `reason` is one
 * CamelCase word; the same problem always gives the same `message`, so that a condition does not flap.
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

/** What the last isolation check found wrong: the checks that failed, by the condition that they make False. */
export type IsolationFindings = Partial<Record<'NetworkIsolated' | 'PoliciesEnforced', string[]>>;

export const memberRoles = [
  'tenant-owner',
  'tenant-admin',
  'tenant-developer',
  'tenant-viewer',
] as const satisfies readonly TenantRole[];
