import { rowsOfDeletedTenants } from '#tenancy';

/** Deletes the routes of a deleted tenant, with their shifts, and its hosts. */
export const routesOfDeletedTenants = rowsOfDeletedTenants(
  'DELETE FROM routes WHERE tenant_id = $1',
  'DELETE FROM hosts WHERE tenant_id = $1',
);
