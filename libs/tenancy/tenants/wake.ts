import { idOf, uuidOf } from '#persistence';
import { type EntityManager } from 'typeorm';

/**
 * Makes tenants due at once. A trigger counts this in `tenants.wakes`: a pass that is under way reads the count with
 * its lease, and finds at its end that another pass was requested.
 */
export async function wakeTenants(manager: EntityManager, tenantIds: readonly string[]): Promise<void> {
  await manager.query(
    'UPDATE tenants SET next_reconcile_at = now() WHERE id = ANY($1::uuid[]) AND deleted_at IS NULL',
    [tenantIds.map((id) => uuidOf('tenant', id))],
  );
}

/** Like `wakeTenants`, for all tenants of a cluster. Locks them in the order of their ids, like every change. */
export async function wakeTenantsOfCluster(manager: EntityManager, clusterId: string): Promise<void> {
  const rows = await manager.query<{ id: string }[]>(
    'SELECT id FROM tenants WHERE cluster_id = $1 AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE',
    [uuidOf('cluster', clusterId)],
  );
  await wakeTenants(
    manager,
    rows.map(({ id }) => idOf('tenant', id)),
  );
}
