import { uuidOf } from '#persistence';
import { type EntityManager } from 'typeorm';

/** Deletes the routes of a deleted tenant, with their shifts, and its hosts when the tenant's last pass is settled. */
export const routesOfDeletedTenants = {
  within(
    tenant: { readonly id: string },
    result: { readonly deleted: boolean },
  ): ((manager: EntityManager, pass: { cancelled: boolean }) => Promise<void>) | null {
    if (!result.deleted) return null;
    return async (manager, { cancelled }) => {
      if (cancelled) return;
      const id = uuidOf('tenant', tenant.id);
      await manager.query('DELETE FROM routes WHERE tenant_id = $1', [id]);
      await manager.query('DELETE FROM hosts WHERE tenant_id = $1', [id]);
    };
  },
};
