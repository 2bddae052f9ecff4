import { type BulkheadClient, BulkheadError, etagOf, items, type Plan, type Tenant, unwrap } from '#client';

import { carryOut, type Change } from './change.js';
import { differenceOf, ownerLabel, planDifference } from './differences.js';
import { type Manifests, type TenantManifest } from './read-manifests.js';

export interface Ownership {
  /** The repository that the manifests come from; it is stored as a label of each tenant. */
  owner: string | undefined;
  /** Whether tenants of the owner that no manifest describes are deleted. */
  prune: boolean;
}

/**
 * Returns what has to change so that the installation matches the manifests: plans first, because tenants refer to them,
 * and deletions last.
 * @throws BulkheadError if the API refuses; Error for a difference that cannot be removed
 */
export async function compare(
  client: BulkheadClient,
  { plans, tenants }: Manifests,
  { owner, prune }: Ownership,
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const plan of plans) changes.push(...(await comparePlan(client, plan)));
  for (const tenant of tenants) changes.push(...(await compareTenant(client, withOwner(tenant, owner), owner)));
  if (prune && owner !== undefined) changes.push(...(await deletions(client, tenants, owner)));
  return changes;
}

async function comparePlan(client: BulkheadClient, wanted: Manifests['plans'][number]): Promise<Change[]> {
  const subject = `plan ${wanted.id}`;
  const params = { path: { id: wanted.id } };
  const plan = (await orAbsent(client.GET('/v1/plans/{id}', { params })))?.data as Plan | undefined;
  if (plan === undefined) {
    const apply = async (): Promise<void> => {
      await unwrap(client.POST('/v1/plans', { body: wanted }));
    };
    return [{ kind: 'create', subject, details: [], apply }];
  }
  const { patch, names, spec } = planDifference(plan, wanted);
  if (names.length + spec.length === 0) return [];
  const apply = async (): Promise<void> => {
    if (names.length > 0) await unwrap(client.PATCH('/v1/plans/{id}', { params, body: patch }));
    if (spec.length > 0) await unwrap(client.POST('/v1/plans/{id}/versions', { params, body: { spec: wanted.spec } }));
  };
  return [{ kind: 'update', subject, details: [...names, ...spec], apply }];
}

async function compareTenant(
  client: BulkheadClient,
  wanted: TenantManifest,
  owner: string | undefined,
): Promise<Change[]> {
  const subject = `tenant ${wanted.externalId} (${wanted.slug})`;
  const byExternalId = { params: { path: { externalId: wanted.externalId } } };
  const found = await orAbsent(client.GET('/v1/tenants/by-external-id/{externalId}', byExternalId));
  if (found === null) {
    const apply = (): Promise<void> => carryOut(client, client.POST('/v1/tenants', { body: wanted }));
    return [{ kind: 'create', subject, details: [], apply }];
  }
  const tenant = found.data as Tenant;
  refuseImpossible(subject, tenant, wanted, owner);
  const { patch, environments, details } = differenceOf(tenant, wanted);
  if (details.length === 0) return [];
  const path = { id: tenant.id };
  const apply = async (): Promise<void> => {
    if (Object.keys(patch).length > 0) {
      // A change that somebody else made since the comparison is not overwritten.
      const params = { path, header: { 'If-Match': etagOf(found.response) } };
      await carryOut(client, client.PATCH('/v1/tenants/{id}', { params, body: patch }));
    }
    for (const name of environments) {
      await carryOut(client, client.POST('/v1/tenants/{id}/environments', { params: { path }, body: { name } }));
    }
  };
  return [{ kind: 'update', subject, details, apply }];
}

/** @throws Error that says which difference cannot be removed, and what can be done */
function refuseImpossible(subject: string, tenant: Tenant, wanted: TenantManifest, owner: string | undefined): void {
  const other = tenant.labels[ownerLabel];
  if (owner !== undefined && other !== undefined && other !== owner) {
    throw new Error(`The ${subject} belongs to ${other}. Remove its label ${ownerLabel} to take it over.`);
  }
  if (tenant.slug !== wanted.slug) {
    throw new Error(`The ${subject} has the slug ${tenant.slug}, which cannot be changed.`);
  }
  if (tenant.deletesAt !== null) {
    throw new Error(`The ${subject} is to be deleted at ${tenant.deletesAt}. Undelete it, or remove its manifest.`);
  }
  const named = wanted.environments ?? [];
  const extra = tenant.namespaces.map(({ environment }) => environment).filter((name) => !named.includes(name));
  if (named.length > 0 && extra.length > 0) {
    throw new Error(`The ${subject} has the environments ${extra.join(', ')} as well. Environments cannot be removed.`);
  }
}

async function deletions(client: BulkheadClient, wanted: readonly TenantManifest[], owner: string): Promise<Change[]> {
  const kept = new Set(wanted.map(({ externalId }) => externalId));
  const changes: Change[] = [];
  const query = { limit: 200, label: `${ownerLabel}=${owner}` };
  const owned = items<Tenant>((cursor) => client.GET('/v1/tenants', { params: { query: { ...query, ...cursor } } }));
  for await (const { id, slug, externalId, deletesAt } of owned) {
    if (kept.has(externalId ?? '') || deletesAt !== null) continue;
    const subject = `tenant ${externalId ?? id} (${slug})`;
    const apply = (): Promise<void> =>
      carryOut(client, client.DELETE('/v1/tenants/{id}', { params: { path: { id } } }));
    changes.push({ kind: 'delete', subject, details: [], apply });
  }
  return changes;
}

/** Returns a successful answer; null if what was asked for does not exist. */
async function orAbsent<T extends { data?: unknown; error?: unknown; response: Response }>(
  request: Promise<T>,
): Promise<T | null> {
  const outcome = await request;
  try {
    await unwrap(outcome);
    return outcome;
  } catch (error) {
    if (error instanceof BulkheadError && error.status === 404) return null;
    throw error;
  }
}

function withOwner(tenant: TenantManifest, owner: string | undefined): TenantManifest {
  return owner === undefined ? tenant : { ...tenant, labels: { ...tenant.labels, [ownerLabel]: owner } };
}
