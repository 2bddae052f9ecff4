import { type TenantLink } from '#isolation';
import { idOf } from '#persistence';

/** A link that is to stand, and how far it does. */
export interface LinkInForce extends TenantLink {
  /** Raised whenever the content of the link changes. */
  revision: number;
  /** Whether a pass of each side has confirmed its objects at this revision. */
  inForceAt: { provider: boolean; consumer: boolean };
}

/**
 * SQL that reports whether a tenant is cut off (`isCutOff` in isolation), which closes its links on both sides.
 * @param tenant alias of its row
 */
export function cutOff(tenant: string): string {
  return `(${tenant}.deletion_requested_at IS NOT NULL
    OR (${tenant}.deletion_scheduled_at IS NOT NULL AND ${tenant}.deletion_suspends) OR EXISTS (SELECT 1 FROM holds cut
      WHERE cut.tenant_id = ${tenant}.id AND cut.lifted_at IS NULL AND cut.effect IN ('suspend', 'quarantine')))`;
}

/**
 * SQL that reports whether both sides have consented to a link `l` and it has not ended, by the clock of the database.
 */
export const LINK_IS_APPROVED = `(l.ended_at IS NULL AND l.expires_at > now()
      AND l.provider_consent_at IS NOT NULL AND l.consumer_consent_at IS NOT NULL)`;

/**
 * SQL for the links of tenant `t` that should be in force, by id: approved, resolved by a worker, and neither side cut
 * off. For a tenant without links it only reads two small indexes. As json: jsonb_agg takes quadratic time for labels,
 * which a tenant writes.
 */
export const LINKS_IN_FORCE = `
    (SELECT coalesce(json_agg(json_build_object('id', l.id, 'revision', l.revision,
        'provider', json_build_object('tenantId', p.id, 'namespace', pe.namespace, 'service', l.service,
          'podLabels', l.resolution -> 'podLabels'),
        'consumer', json_build_object('tenantId', c.id, 'namespace', ce.namespace, 'serviceAccount', l.service_account),
        'ports', l.resolution -> 'ports',
        'inForceAt', json_build_object('provider', l.provider_in_force_at IS NOT NULL,
          'consumer', l.consumer_in_force_at IS NOT NULL)) ORDER BY l.id), '[]')
      FROM (SELECT * FROM links WHERE provider_tenant_id = t.id AND ended_at IS NULL
        UNION ALL SELECT * FROM links WHERE consumer_tenant_id = t.id AND ended_at IS NULL) l
      JOIN tenants p ON p.id = l.provider_tenant_id JOIN tenants c ON c.id = l.consumer_tenant_id
      JOIN environments pe ON pe.tenant_id = p.id AND pe.name = l.provider_environment
      JOIN environments ce ON ce.tenant_id = c.id AND ce.name = l.consumer_environment
      WHERE ${LINK_IS_APPROVED} AND l.resolution IS NOT NULL AND NOT ${cutOff('p')} AND NOT ${cutOff('c')})`;

/** Converts the ids of links to TypeIDs. */
export function withLinkIds(links: readonly LinkInForce[]): LinkInForce[] {
  return links.map((link) => ({
    ...link,
    id: idOf('link', link.id),
    provider: { ...link.provider, tenantId: idOf('tenant', link.provider.tenantId) },
    consumer: { ...link.consumer, tenantId: idOf('tenant', link.consumer.tenantId) },
  }));
}
