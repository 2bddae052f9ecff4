import { rowsOfDeletedTenants } from '../deletions/rows-of-deleted-tenants.js';

/** Forgets whom a deleted tenant invited. */
export const invitationsOfDeletedTenants = rowsOfDeletedTenants('DELETE FROM invitations WHERE tenant_id = $1');
