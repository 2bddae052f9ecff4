import { type BulkheadClient, BulkheadError, items, type Plan, type Tenant, unwrap, waitForOperation } from '#client';

import { type Change, differenceOf, ownerLabel, planDifference } from './changes.js';
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
 * @throws BulkheadError if the API refuses; Error if a tenant belongs to another owner
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
  const plan = await planOrNull(client, wanted.id);
  if (plan === null) {
    const apply = async (): Promise<void> => {
      await unwrap(client.POST('/v1/plans', { body: wanted }));
    };
    return [{ kind: 'create', subject, details: [], apply }];
  }
  const details = planDifference(plan, wanted.spec);
  if (details.length === 0) return [];
  const change = { params: { path: { id: wanted.id } }, body: { spec: wanted.spec } };
  const apply = async (): Promise<void> => {
    await unwrap(client.POST('/v1/plans/{id}/versions', change));
  };
  return [{ kind: 'update', subject, details, apply }];
}

async function planOrNull(client: BulkheadClient, id: string): Promise<Plan | null> {
  try {
    return await unwrap<Plan>(client.GET('/v1/plans/{id}', { params: { path: { id } } }));
  } catch (error) {
    if (error instanceof BulkheadError && error.status === 404) return null;
    throw error;
  }
}

async function compareTenant(
  client: BulkheadClient,
  wanted: TenantManifest,
  owner: string | undefined,
): Promise<Change[]> {
  const subject = `tenant ${wanted.externalId} (${wanted.slug})`;
  const query = { externalId: wanted.externalId };
  const [tenant] = (await unwrap(client.GET('/v1/tenants', { params: { query } }))).items;
  if (tenant === undefined) {
    const apply = (): Promise<void> => carryOut(client, client.POST('/v1/tenants', { body: wanted }));
    return [{ kind: 'create', subject, details: [], apply }];
  }
  const other = tenant.labels[ownerLabel];
  if (owner !== undefined && other !== undefined && other !== owner) {
    throw new Error(`The ${subject} belongs to ${other}. Remove its label ${ownerLabel} to take it over.`);
  }
  if (tenant.slug !== wanted.slug) {
    throw new Error(`The ${subject} has the slug ${tenant.slug}, which cannot be changed.`);
  }
  const { patch, details } = differenceOf(tenant, wanted);
  if (details.length === 0) return [];
  const change = { params: { path: { id: tenant.id } }, body: patch };
  return [
    { kind: 'update', subject, details, apply: () => carryOut(client, client.PATCH('/v1/tenants/{id}', change)) },
  ];
}

async function deletions(client: BulkheadClient, wanted: readonly TenantManifest[], owner: string): Promise<Change[]> {
  const kept = new Set(wanted.map(({ externalId }) => externalId));
  const changes: Change[] = [];
  const all = items<Tenant>((cursor) => client.GET('/v1/tenants', { params: { query: { limit: 200, ...cursor } } }));
  for await (const tenant of all) {
    const isOurs = tenant.labels[ownerLabel] === owner && !kept.has(tenant.externalId ?? '');
    if (!isOurs || tenant.deletionScheduledAt !== null) continue;
    const apply = (): Promise<void> =>
      carryOut(client, client.DELETE('/v1/tenants/{id}', { params: { path: { id: tenant.id } } }));
    changes.push({
      kind: 'delete',
      subject: `tenant ${tenant.externalId ?? tenant.id} (${tenant.slug})`,
      details: [],
      apply,
    });
  }
  return changes;
}

async function carryOut(
  client: BulkheadClient,
  change: Promise<{ data?: unknown; error?: unknown; response: Response }>,
): Promise<void> {
  const outcome = await change;
  await unwrap(outcome);
  await waitForOperation(client, outcome.response);
}

function withOwner(tenant: TenantManifest, owner: string | undefined): TenantManifest {
  return owner === undefined ? tenant : { ...tenant, labels: { ...tenant.labels, [ownerLabel]: owner } };
}
