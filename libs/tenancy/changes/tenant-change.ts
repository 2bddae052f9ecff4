import { createHash } from 'node:crypto';

import { type TenantMember } from '#isolation';
import { type DomainError, fieldError } from '#problems';
import canonicalize from 'canonicalize';

import { type PlanVersion } from '../plans/plan.entity.js';
import { type PlanReference } from '../plans/plans.service.js';

/** A merge patch of a tenant; absent fields stay unchanged. */
export interface TenantChange {
  displayName?: string | undefined;
  externalId?: string | null | undefined;
  plan?: PlanReference | undefined;
  members?: TenantMember[] | undefined;
  /** Merged by key; null removes a key. */
  labels?: Record<string, string | null> | undefined;
}

/** The fields of a tenant that a change can modify. */
export interface ChangeableTenant {
  displayName: string;
  externalId: string | null;
  members: TenantMember[];
  labels: Record<string, string>;
  planId: string;
  planVersion: number;
}

/**
 * Returns the desired state after a merge patch. Pure; used by both the change and its preview.
 * @param plan the resolved plan version of the change; null if it names none.
 */
export function applyChange(
  tenant: ChangeableTenant,
  change: TenantChange,
  plan: Pick<PlanVersion, 'planId' | 'version'> | null,
): ChangeableTenant {
  return {
    displayName: change.displayName ?? tenant.displayName,
    externalId: change.externalId === undefined ? tenant.externalId : change.externalId,
    members: change.members ?? tenant.members,
    labels: mergeLabels(tenant.labels, change.labels ?? {}),
    planId: plan?.planId ?? tenant.planId,
    planVersion: plan?.version ?? tenant.planVersion,
  };
}

/** Returns the problem of a tenant with more environments than the plan allows; null if it has none. */
export function environmentLimit(
  plan: { planId: string; spec: { environments: { max: number } } },
  count: number,
  pointer: string,
): DomainError | null {
  const { max } = plan.spec.environments;
  if (count <= max) return null;
  const detail = `The plan "${plan.planId}" allows ${max} environment${max === 1 ? '' : 's'}, the tenant would have ${count}.`;
  return fieldError('tenant.plan_limit', pointer, detail);
}

/**
 * Returns the token of a previewed change: SHA-256 over the tenant, its generation, the resulting plan version and the
 * patch, as canonical JSON (RFC 8785). Not a secret: it is only valid if the preview is stored.
 */
export function previewToken(
  tenant: { id: string; generation: number },
  wanted: Pick<ChangeableTenant, 'planId' | 'planVersion'>,
  change: TenantChange,
): string {
  const { planId, planVersion } = wanted;
  const bound = { tenant: tenant.id, generation: tenant.generation, planId, planVersion, change };
  return createHash('sha256')
    .update(canonicalize(bound) ?? '')
    .digest('base64url');
}

function mergeLabels(labels: Record<string, string>, change: Record<string, string | null>): Record<string, string> {
  const merged = Object.entries({ ...labels, ...change });
  return Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null));
}
