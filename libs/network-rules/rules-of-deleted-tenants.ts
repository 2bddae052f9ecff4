import { rowsOfDeletedTenants } from '#tenancy';

/** Deletes the network rules of a deleted tenant. */
export const rulesOfDeletedTenants = rowsOfDeletedTenants('DELETE FROM network_rules WHERE tenant_id = $1');
