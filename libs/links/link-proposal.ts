import { uuidOf } from '#persistence';
import { readPlanSpec } from '#plans';
import { DomainError, fieldError } from '#problems';
import { refuseFrozen, refuseWhileDeleting } from '#tenancy';
import { type EntityManager } from 'typeorm';

import { type LinkSide, linkSides } from './link-status.js';

const DAY_MS = 86_400_000;

/** A proposed link. */
export interface NewLink {
  provider: { tenantId: string; environment: string; service: string; ports: readonly number[] };
  consumer: { tenantId: string; environment: string; serviceAccount: string };
  reason: string;
  expiresAt: Date;
}

/** The facts about a tenant that a proposal is checked against. */
interface LinkableTenant {
  /** Uuid. */
  id: string;
  slug: string;
  clusterId: string;
  planId: string;
  limits: { max: number; maxDays: number };
  deletionRequestedAt: Date | null;
  deletesAt: Date | null;
  deletionSuspends: boolean;
  environments: string[];
  holds: Parameters<typeof refuseFrozen>[0]['holds'];
  /** Number of open links, on either side. */
  links: number;
  /** Current time by the clock of the database. */
  now: Date;
}

/**
 * Checks whether a link can be proposed; locks both tenants until the transaction ends.
 * @throws `link.same_tenant`, `link.tenant_unknown`, `link.environment_unknown`, `link.cluster_differs`,
 * `link.expired`,   `link.exists`, `tenant.plan_limit`, `tenant.deleting`, `tenant.frozen`
 */
export async function checkProposal(manager: EntityManager, link: NewLink): Promise<void> {
  if (link.provider.tenantId === link.consumer.tenantId) {
    const detail = 'Services of the same tenant need no link.';
    throw fieldError('link.same_tenant', '/consumer/tenantId', detail);
  }
  const sides = await lockSides(manager, link);
  for (const side of linkSides) checkSide(sides[side], link, side);
  if (sides.provider.clusterId !== sides.consumer.clusterId) {
    const detail = `The tenants "${sides.provider.slug}" and "${sides.consumer.slug}" are on different clusters.`;
    throw new DomainError('link.cluster_differs', detail);
  }
  await refuseRepeat(manager, link);
}

/**
 * Refuses to open anything for a frozen tenant or one that is being deleted.
 * @throws `tenant.deleting`, `tenant.frozen`
 */
export async function checkChangeable(manager: EntityManager, tenantIds: readonly string[]): Promise<void> {
  for (const tenant of await readTenants(manager, tenantIds)) {
    refuseWhileDeleting(tenant);
    refuseFrozen(tenant);
  }
}

async function lockSides(manager: EntityManager, link: NewLink): Promise<Record<LinkSide, LinkableTenant>> {
  const ids = linkSides.map((side) => link[side].tenantId);
  const uuids = ids.map((id) => uuidOf('tenant', id));
  // A separate statement: one that waits for a lock sees the links and holds as they were before.
  await manager.query('SELECT id FROM tenants WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE', [uuids]);
  const tenants = await readTenants(manager, ids);
  const of = (side: LinkSide): LinkableTenant => {
    const { tenantId } = link[side];
    const found = tenants.find(({ id }) => id === uuidOf('tenant', tenantId));
    if (found !== undefined) return found;
    throw fieldError('link.tenant_unknown', `/${side}/tenantId`, `There is no tenant "${tenantId}".`);
  };
  return { provider: of('provider'), consumer: of('consumer') };
}

async function readTenants(manager: EntityManager, ids: readonly string[]): Promise<LinkableTenant[]> {
  const rows = await manager.query<(Omit<LinkableTenant, 'limits'> & { spec: string })[]>(
    `SELECT t.id, t.slug, t.cluster_id AS "clusterId", t.plan_id AS "planId", v.spec::text AS spec, now() AS now,
       t.deletion_requested_at AS "deletionRequestedAt", t.deletes_at AS "deletesAt", t.deletion_suspends AS "deletionSuspends",
       ARRAY(SELECT e.name FROM environments e WHERE e.tenant_id = t.id) AS environments,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', h.id, 'source', h.source, 'effect', h.effect)), '[]')
         FROM holds h WHERE h.tenant_id = t.id AND h.lifted_at IS NULL) AS holds,
       (SELECT count(*)::int FROM links l
         WHERE t.id IN (l.provider_tenant_id, l.consumer_tenant_id) AND l.ended_at IS NULL) AS links
     FROM tenants t JOIN plan_versions v ON v.plan_id = t.plan_id AND v.version = t.plan_version
     WHERE t.id = ANY($1::uuid[]) AND t.deleted_at IS NULL ORDER BY t.id`,
    [ids.map((id) => uuidOf('tenant', id))],
  );
  return rows.map(({ spec, ...row }) => ({ ...row, limits: readPlanSpec(spec).links }));
}

function checkSide(tenant: LinkableTenant, link: NewLink, side: LinkSide): void {
  refuseWhileDeleting(tenant);
  refuseFrozen(tenant);
  const { slug, planId, limits, links, now } = tenant;
  const { environment } = link[side];
  if (!tenant.environments.includes(environment)) {
    const detail = `The tenant "${slug}" has no environment "${environment}".`;
    throw fieldError('link.environment_unknown', `/${side}/environment`, detail);
  }
  if (link.expiresAt <= now) throw fieldError('link.expired', '/expiresAt', 'This time has already passed.');
  if (link.expiresAt.getTime() > now.getTime() + limits.maxDays * DAY_MS) {
    const detail = `The plan "${planId}" of the tenant "${slug}" allows links for at most ${limits.maxDays} days.`;
    throw fieldError('tenant.plan_limit', '/expiresAt', detail);
  }
  if (links < limits.max) return;
  const detail = `The plan "${planId}" allows ${limits.max} links, and the tenant "${slug}" already has ${links}.`;
  throw fieldError('tenant.plan_limit', `/${side}/tenantId`, detail);
}

/** Refuses a duplicate of an open link. One that expires later is allowed: it extends the link without a gap. */
async function refuseRepeat(manager: EntityManager, { provider, consumer, expiresAt }: NewLink): Promise<void> {
  const [same] = await manager.query<{ id: string; expiresAt: Date }[]>(
    `SELECT id, expires_at AS "expiresAt" FROM links
     WHERE ended_at IS NULL AND provider_tenant_id = $1 AND provider_environment = $2 AND service = $3 AND ports @> $4
       AND consumer_tenant_id = $5 AND consumer_environment = $6 AND service_account = $7 AND expires_at >= $8 LIMIT 1`,
    [
      uuidOf('tenant', provider.tenantId),
      provider.environment,
      provider.service,
      provider.ports,
      uuidOf('tenant', consumer.tenantId),
      consumer.environment,
      consumer.serviceAccount,
      expiresAt,
    ],
  );
  if (same === undefined) return;
  throw new DomainError('link.exists', `The same link is open until ${same.expiresAt.toISOString()}.`);
}
