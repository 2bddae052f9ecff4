import { createHash } from 'node:crypto';

import { type TenantMember } from '#isolation';
import { type DomainError, invalidMember } from '#problems';

import { type PlanVersion } from '../plans/plan.entity.js';
import { type PlanReference } from '../plans/plans.service.js';

/** What may be changed; an absent member is left as it is. */
export interface TenantChange {
  displayName?: string | undefined;
  externalId?: string | null | undefined;
  plan?: PlanReference | undefined;
  members?: TenantMember[] | undefined;
  /** Merged key by key; null removes a key. */
  labels?: Record<string, string | null> | undefined;
}

/** The part of a tenant that a change can touch. */
export interface ChangeableTenant {
  displayName: string;
  externalId: string | null;
  members: TenantMember[];
  labels: Record<string, string>;
  planId: string;
  planVersion: number;
}

/**
 * What is wanted of a tenant after a merge patch. Pure: the change itself and its preview both come from here.
 * @param plan what the change's plan resolves to; null when it names none.
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

/** The problem of a tenant that would have more environments than a plan allows; null when it has not. */
export function environmentLimit(
  plan: { planId: string; spec: { environments: { max: number } } },
  count: number,
  pointer: string,
): DomainError | null {
  const { max } = plan.spec.environments;
  if (count <= max) return null;
  const detail = `The plan "${plan.planId}" allows ${max} environment${max === 1 ? '' : 's'}, the tenant would have ${count}.`;
  return invalidMember('tenant.plan_limit', pointer, detail);
}

/**
 * Names one previewed change: SHA-256 of the tenant as it was (by its generation), the plan version that it would have
 * and the body of the patch, whatever the order of its members. No secret: it only counts when the preview is stored.
 */
export function previewToken(
  tenant: { id: string; generation: number },
  wanted: Pick<ChangeableTenant, 'planId' | 'planVersion'>,
  change: TenantChange,
): string {
  const { planId, planVersion } = wanted;
  const bound = { tenant: tenant.id, generation: tenant.generation, planId, planVersion, change };
  return createHash('sha256').update(JSON.stringify(bound, sorted)).digest('base64url');
}

function sorted(_: string, member: unknown): unknown {
  return typeof member === 'object' && member !== null && !Array.isArray(member)
    ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
    : member;
}

function mergeLabels(labels: Record<string, string>, change: Record<string, string | null>): Record<string, string> {
  const merged = Object.entries({ ...labels, ...change });
  return Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null));
}
