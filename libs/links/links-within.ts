import { idOf, uuidOf } from '#persistence';
import { type EntityManager } from 'typeorm';

/** A link from the perspective of one of its tenants. */
export interface LinkWithin {
  id: string;
  /** `inbound` if the tenant provides the service and the peer calls it. */
  direction: 'inbound' | 'outbound';
  /** The tenant on the other side. */
  peer: string;
  service: string;
}

interface LinkRow {
  id: string;
  provides: boolean;
  peer: string;
  service: string;
}

/**
 * Returns the links between a tenant and others that were approved at some time within a time span, including ended
 * ones. Ids are TypeIDs; invalid ids match no tenant.
 * @returns oldest first
 */
export async function linksWithin(
  manager: EntityManager,
  tenantId: string,
  peers: readonly string[],
  span: { from: Date; to: Date },
): Promise<LinkWithin[]> {
  const others = [...new Set(peers)].map((peer) => uuidOf('tenant', peer)).filter((uuid) => uuid !== null);
  if (others.length === 0) return [];
  const rows = await manager.query<LinkRow[]>(
    `SELECT id, service, provider_tenant_id = $1 AS provides,
       CASE WHEN provider_tenant_id = $1 THEN consumer_tenant_id ELSE provider_tenant_id END AS peer
     FROM links
     WHERE (provider_tenant_id = $1 AND consumer_tenant_id = ANY($2)
         OR consumer_tenant_id = $1 AND provider_tenant_id = ANY($2))
       AND provider_consent_at <= $4 AND consumer_consent_at <= $4 AND (ended_at IS NULL OR ended_at >= $3)
     ORDER BY id`,
    [uuidOf('tenant', tenantId), others, span.from, span.to],
  );
  return rows.map(({ id, provides, peer, service }) => ({
    id: idOf('link', id),
    direction: provides ? 'inbound' : 'outbound',
    service,
    peer: idOf('tenant', peer),
  }));
}
