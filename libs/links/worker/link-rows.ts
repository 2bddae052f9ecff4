import { jsonOf, type Statements, uuidOf } from '#persistence';
import { cutOff, LINK_IS_APPROVED, type LinkInForce, type DesiredTenant } from '#tenancy';
import { type EntityManager } from 'typeorm';

import { type LinkProblem, type LinkResolution, type LinkSide } from '../link-status.js';
import { type LinkTarget } from './service-behind-link.js';

/** The work that is due for a link. Ids are uuids, as everywhere in this file. */
export interface DueLink {
  id: string;
  /** Why it ends; null if it does not. */
  end: 'expired' | 'tenant-deleted' | null;
  /** For each side, whether its next pass must render the link; null if it was notified or is cut off itself. */
  provider: boolean | null;
  consumer: boolean | null;
  /** Its Service must be resolved. */
  look: boolean;
}

/** A link whose Service this worker resolves. */
export interface ClaimedLook extends LinkTarget {
  id: string;
  failures: number;
  /** Until when the claim lasts, in the database's notation: whoever asks for another look in between sets another time. */
  claimedUntil: string;
  /** The cluster that the Service is in. */
  clusterId: string;
  /** Whether the Service may be exported to the consumer because of the link. */
  exported: boolean;
}

/** How long a claim lasts. */
const LOOK = '10 seconds';

/**
 * A side that is cut off is not notified: its hold has changed it already, and lifting the hold will change it again.
 * Open links end when a tenant is being deleted. Services are resolved only once the provider's namespaces exist.
 */
const due = (which: string): string => `
  SELECT * FROM (
    SELECT l.id,
      CASE WHEN p.deletion_requested_at IS NOT NULL OR c.deletion_requested_at IS NOT NULL THEN 'tenant-deleted'
        WHEN l.expires_at <= now() THEN 'expired' END AS end,
      CASE WHEN NOT s.provider_off THEN nullif(s.opens AND NOT s.consumer_off, l.provider_told) END AS provider,
      CASE WHEN NOT s.consumer_off THEN nullif(s.opens AND NOT s.provider_off, l.consumer_told) END AS consumer,
      s.agreed AND l.resolve_at <= now() AND NOT s.provider_off AND p.observed_generation > 0 AS look
    FROM links l
    JOIN tenants p ON p.id = l.provider_tenant_id JOIN tenants c ON c.id = l.consumer_tenant_id
    CROSS JOIN LATERAL (SELECT ${LINK_IS_APPROVED} AS agreed, ${LINK_IS_APPROVED} AND l.resolution IS NOT NULL AS opens,
      ${cutOff('p')} AS provider_off, ${cutOff('c')} AS consumer_off) s
    WHERE l.ended_at IS NULL AND ${which}) open
  WHERE "end" IS NOT NULL OR provider IS NOT NULL OR consumer IS NOT NULL OR look
  ORDER BY "end" IS NULL, id`;

/** Open links with work due; those that end come first. */
export function dueLinks(statements: Statements, limit: number): Promise<DueLink[]> {
  return statements.run<DueLink>('due-links', `${due('true')} LIMIT $1`, [limit]);
}

/** The work due for one link; null if there is none. */
export async function dueOf(manager: EntityManager, id: string): Promise<DueLink | null> {
  const [link] = await manager.query<DueLink[]>(due('l.id = $1'), [id]);
  return link ?? null;
}

/**
 * Claims a link's Service, so that only one of several workers resolves it.
 * @param ended whether to claim a link that has ended, or one that has not
 * @returns null when another worker has claimed it, or the link is in the other state
 */
export async function claimLook(
  manager: EntityManager,
  id: string,
  { ended }: { ended: boolean } = { ended: false },
): Promise<ClaimedLook | null> {
  const [rows] = await manager.query<[ClaimedLook[], number]>(
    `UPDATE links l SET resolve_at = now() + interval '${LOOK}'
     FROM environments e JOIN tenants t ON t.id = e.tenant_id
     WHERE l.id = $1 AND (l.ended_at IS NOT NULL) = $2 AND l.resolve_at <= now()
       AND e.tenant_id = l.provider_tenant_id AND e.name = l.provider_environment
     RETURNING l.id, e.namespace, l.service, l.ports, l.failures, l.exported,
       l.resolve_at::text AS "claimedUntil", t.cluster_id AS "clusterId"`,
    [id, ended],
  );
  return rows[0] ?? null;
}

/**
 * Stores what was found.
 * @param nextInMs when to resolve the Service again, unless another look was requested since the claim
 * @returns whether the link now opens something else; its sides are then no longer in force
 */
export async function writeFindings(
  manager: EntityManager,
  { id, claimedUntil }: Pick<ClaimedLook, 'id' | 'claimedUntil'>,
  found: { resolution: LinkResolution | null; problem: LinkProblem | null; failures: number },
  nextInMs: number,
): Promise<boolean> {
  const [rows] = await manager.query<[{ changed: boolean }[], number]>(
    `UPDATE links l SET problem = $3::jsonb, failures = $4, resolution = $2::jsonb,
       resolve_at = ${unlessRequested('$6', '$5')},
       revision = l.revision + before.changed::int,
       provider_in_force_at = CASE WHEN NOT before.changed THEN l.provider_in_force_at END,
       consumer_in_force_at = CASE WHEN NOT before.changed THEN l.consumer_in_force_at END
     FROM (SELECT id, resolution IS DISTINCT FROM $2::jsonb AS changed FROM links WHERE id = $1) before
     WHERE l.id = before.id RETURNING before.changed`,
    [
      id,
      jsonOrNull(found.resolution),
      jsonOrNull(found.problem),
      found.failures,
      `${nextInMs} milliseconds`,
      claimedUntil,
    ],
  );
  return rows[0]?.changed === true;
}

/** Keeps the stored result, and schedules the next look. */
export async function lookLater(
  manager: EntityManager,
  { id, claimedUntil }: Pick<ClaimedLook, 'id' | 'claimedUntil'>,
  later: { failures: number; inMs: number },
): Promise<void> {
  await manager.query(`UPDATE links l SET failures = $2, resolve_at = ${unlessRequested('$4', '$3')} WHERE id = $1`, [
    id,
    later.failures,
    `${later.inMs} milliseconds`,
    claimedUntil,
  ]);
}

/** SQL for when a claimed link `l` is looked at next; a look that was requested since the claim stays due. */
function unlessRequested(claimedUntil: string, pause: string): string {
  return `CASE WHEN l.resolve_at = ${claimedUntil}::timestamptz THEN now() + ${pause}::interval ELSE l.resolve_at END`;
}

/** Records that no side of a link is in force, because it closes. */
export async function forgetInForce(manager: EntityManager, id: string): Promise<void> {
  await manager.query(
    `UPDATE links SET revision = revision + 1, provider_in_force_at = NULL, consumer_in_force_at = NULL WHERE id = $1`,
    [id],
  );
}

/** The side of a link that a tenant is on. */
export function sideOf({ provider }: LinkInForce, tenantId: string): LinkSide {
  return provider.tenantId === tenantId ? 'provider' : 'consumer';
}

/** Reports whether the objects of one of the tenant's links are not confirmed to be in the cluster. */
export function hasUnrecordedLinks({ id, links }: { id: string; links: readonly LinkInForce[] }): boolean {
  return links.some((link) => !link.inForceAt[sideOf(link, id)]);
}

/**
 * Records that the tenant's side of links is in force. Comes before the pass settles: a pass that dies in between is
 * repeated.
 * @param links as the pass rendered them; a link that has changed since is skipped
 */
export async function recordLinksInForce(
  manager: EntityManager,
  { id }: Pick<DesiredTenant, 'id'>,
  links: readonly LinkInForce[],
): Promise<void> {
  const unseen = links.filter((link) => !link.inForceAt[sideOf(link, id)]);
  if (unseen.length === 0) return;
  await manager.query(
    `UPDATE links l SET
       provider_in_force_at = CASE WHEN l.provider_tenant_id = $1 THEN now() ELSE l.provider_in_force_at END,
       consumer_in_force_at = CASE WHEN l.consumer_tenant_id = $1 THEN now() ELSE l.consumer_in_force_at END
     FROM unnest($2::uuid[], $3::integer[]) AS seen(id, revision)
     WHERE l.id = seen.id AND l.revision = seen.revision AND l.ended_at IS NULL`,
    [uuidOf('tenant', id), unseen.map((link) => uuidOf('link', link.id)), unseen.map(({ revision }) => revision)],
  );
}

/** Makes the Services of a provider's links due, because the provider has changed. */
export async function scheduleServiceLook(manager: EntityManager, tenantId: string): Promise<void> {
  await manager.query('UPDATE links SET resolve_at = now() WHERE provider_tenant_id = $1 AND ended_at IS NULL', [
    uuidOf('tenant', tenantId),
  ]);
}

function jsonOrNull(value: object | null): string | null {
  return value === null ? null : jsonOf(value);
}
