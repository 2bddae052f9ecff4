import { uuidOf } from '#persistence';
import { type EntityManager } from 'typeorm';

/** What is written with the result of a tenant's last pass. */
interface AfterDeletion {
  within(
    tenant: { readonly id: string },
    result: { readonly deleted: boolean },
  ): ((manager: EntityManager, pass: { cancelled: boolean }) => Promise<void>) | null;
}

/**
 * Deletes what a library stores about a tenant when the tenant's last pass is settled.
 * @param statements SQL, carried out in this order; $1 is the tenant's UUID
 */
export function rowsOfDeletedTenants(...statements: readonly string[]): AfterDeletion {
  return {
    within({ id }, { deleted }) {
      if (!deleted) return null;
      return async (manager, { cancelled }) => {
        if (cancelled) return;
        for (const statement of statements) await manager.query(statement, [uuidOf('tenant', id)]);
      };
    },
  };
}
