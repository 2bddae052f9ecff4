import { knownPermissions } from './permission.js';
import { everywhere, type Grant, inTenants, type Reach, whereCreated } from './principal.js';
import { builtInRole, type ReachKind } from './roles.js';

/** What is given: a role, or permissions. */
export interface Given {
  role: string | null;
  /** Null: those of the role. */
  permissions: readonly string[] | null;
  /** Ids of the only tenants that it is for; null: as the role says. */
  tenantIds: readonly string[] | null;
}

/**
 * Returns what a role or permissions allow.
 * @param defined permissions of the role if an administrator defined it; empty if it is gone
 */
export function grantOf({ role, permissions, tenantIds }: Given, defined: readonly string[]): Grant {
  const builtIn = role === null ? null : builtInRole(role);
  const granted = builtIn?.permissions ?? knownPermissions(permissions ?? defined);
  const reach = tenantIds === null ? reachOf(builtIn?.reach ?? 'all') : inTenants(tenantIds);
  return { role, permissions: new Set(granted), reach };
}

/** A role of a tenant without a tenant reaches none. */
function reachOf(kind: ReachKind): Reach {
  switch (kind) {
    case 'all':
      return everywhere;
    case 'created':
      return whereCreated;
    case 'tenant':
      return inTenants([]);
  }
}
