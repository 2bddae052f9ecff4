import { uuidOf } from '#persistence';
import { type EntityManager } from 'typeorm';

/** Forgets whom a deleted tenant invited when its last pass is settled. */
export const invitationsOfDeletedTenants = {
  within(
    tenant: { readonly id: string },
    result: { readonly deleted: boolean },
  ): ((manager: EntityManager, pass: { cancelled: boolean }) => Promise<void>) | null {
    if (!result.deleted) return null;
    return async (manager, { cancelled }) => {
      if (cancelled) return;
      await manager.query('DELETE FROM invitations WHERE tenant_id = $1', [uuidOf('tenant', tenant.id)]);
    };
  },
};
