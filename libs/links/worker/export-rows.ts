import { type Statements } from '#persistence';
import { cutOff, LINK_IS_APPROVED } from '#tenancy';
import { type EntityManager } from 'typeorm';

import { type LinkTarget } from './service-behind-link.js';

/**
 * Ended links whose Service is still exported. Leaves out tenants that are cut off, whose Services nobody reaches, and
 * those being deleted, whose Services end with their namespaces. Ids are uuids.
 */
export async function endedExports(statements: Statements, limit: number): Promise<string[]> {
  const rows = await statements.run<{ id: string }>(
    'ended-exports',
    `SELECT l.id FROM links l JOIN tenants p ON p.id = l.provider_tenant_id
       JOIN environments e ON e.tenant_id = p.id AND e.name = l.provider_environment
     WHERE l.exported AND l.ended_at IS NOT NULL AND l.resolve_at <= now()
       AND p.deletion_requested_at IS NULL AND NOT ${cutOff('p')}
     ORDER BY l.id LIMIT $1`,
    [limit],
  );
  return rows.map(({ id }) => id);
}

/**
 * Records that the Service is exported because of a link. Comes before the export, so that the end of the link reverts it
 * even if the worker dies.
 * @returns false when the link has ended
 */
export async function noteExport(manager: EntityManager, id: string): Promise<boolean> {
  const [, changed] = await manager.query<[unknown, number]>(
    'UPDATE links SET exported = true WHERE id = $1 AND ended_at IS NULL',
    [id],
  );
  return changed > 0;
}

/** Records that the Service is no longer exported because of a link. */
export async function noteWithdrawal(manager: EntityManager, id: string): Promise<void> {
  await manager.query('UPDATE links SET exported = false WHERE id = $1', [id]);
}

/** The namespaces that a Service must be exported to because of links, sorted. */
export async function consumersOf(manager: EntityManager, { namespace, service }: LinkTarget): Promise<string[]> {
  const rows = await manager.query<{ namespace: string }[]>(
    `SELECT DISTINCT c.namespace FROM links l
       JOIN environments p ON p.tenant_id = l.provider_tenant_id AND p.name = l.provider_environment
       JOIN environments c ON c.tenant_id = l.consumer_tenant_id AND c.name = l.consumer_environment
     WHERE p.namespace = $1 AND l.service = $2 AND ${LINK_IS_APPROVED} ORDER BY c.namespace`,
    [namespace, service],
  );
  return rows.map(({ namespace: consumer }) => consumer);
}
