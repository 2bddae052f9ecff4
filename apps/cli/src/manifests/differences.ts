import { isDeepStrictEqual } from 'node:util';

import {
  type CreatePlanRequest,
  type Plan,
  type PlanReference,
  type Tenant,
  type UpdatePlanRequest,
  type UpdateTenantRequest,
} from '#client';

import { type TenantManifest } from './read-manifests.js';

/** The label that tells which repository a tenant comes from. */
export const ownerLabel = 'apply.bulkhead.io/owner';

/** What differs of a tenant. */
export interface TenantDifference {
  /** The members that differ, as a merge patch. */
  patch: UpdateTenantRequest;
  /** Environments to add. */
  environments: string[];
  /** A line about each difference. */
  details: string[];
}

/** What differs of a plan. */
export interface PlanDifference {
  /** What is said about the plan, as a merge patch. */
  patch: UpdatePlanRequest;
  /** A line about each member of the patch. */
  names: string[];
  /** A line about each member of the specification, which changes with a new version. */
  spec: string[];
}

/**
 * Compares a tenant with its manifest. Members that the manifest leaves out are not compared, and neither are labels that it
 * does not name. A plan without a version is any version: rollouts move tenants from one to the next.
 */
export function differenceOf(tenant: Tenant, wanted: TenantManifest): TenantDifference {
  const patch: UpdateTenantRequest = {};
  const details: string[] = [];
  const compare = <K extends keyof UpdateTenantRequest>(name: K, is: unknown, value: UpdateTenantRequest[K]): void => {
    if (value === undefined || isDeepStrictEqual(is, value)) return;
    patch[name] = value;
    details.push(`${name}: ${JSON.stringify(is)} -> ${JSON.stringify(value)}`);
  };
  compare('displayName', tenant.displayName, wanted.displayName);
  if (!isPlan(tenant.plan, wanted.plan)) compare('plan', `${tenant.plan.id} v${tenant.plan.version}`, wanted.plan);
  compare('members', byName(tenant.members), wanted.members === undefined ? undefined : byName(wanted.members));
  const named = Object.keys(wanted.labels ?? {});
  compare(
    'labels',
    Object.fromEntries(named.flatMap((key) => (key in tenant.labels ? [[key, tenant.labels[key]]] : []))),
    wanted.labels,
  );
  const existing = tenant.namespaces.map(({ environment }) => environment);
  const environments = (wanted.environments ?? []).filter((name) => !existing.includes(name));
  if (environments.length > 0) details.push(`environments: added ${environments.join(', ')}`);
  return { patch, environments, details };
}

/** Compares a plan with its manifest. The stored one has defaults filled in, so only what the manifest says is compared. */
export function planDifference(plan: Plan, wanted: CreatePlanRequest): PlanDifference {
  const { displayName, description } = wanted;
  const patch: UpdatePlanRequest = {
    ...(displayName === plan.displayName ? {} : { displayName }),
    ...(description === undefined || description === plan.description ? {} : { description }),
  };
  return { patch, names: differingPaths(plan, patch, ''), spec: differingPaths(plan.spec, wanted.spec, '') };
}

function differingPaths(is: unknown, wanted: unknown, path: string): string[] {
  if (!isObject(wanted) || !isObject(is)) {
    return isDeepStrictEqual(is, wanted) ? [] : [`${path}: ${JSON.stringify(is)} -> ${JSON.stringify(wanted)}`];
  }
  return Object.entries(wanted).flatMap(([name, value]) =>
    differingPaths(is[name], value, path === '' ? name : `${path}.${name}`),
  );
}

function isPlan(is: Tenant['plan'], wanted: PlanReference): boolean {
  if (typeof wanted === 'string') return is.id === wanted;
  return is.id === wanted.id && (wanted.version === undefined || is.version === wanted.version);
}

function byName<T extends { kind: string; name: string }>(members: readonly T[]): T[] {
  return members.toSorted((a, b) => `${a.kind}/${a.name}`.localeCompare(`${b.kind}/${b.name}`));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
