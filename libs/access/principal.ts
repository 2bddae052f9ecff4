import { type Permission } from './permission.js';

/** The tenants that a principal can see and change. */
export type Reach = { kind: 'all' } | { kind: 'created' } | { kind: 'tenant'; tenantId: string };

/** An authenticated caller. */
export interface Principal {
  /** Stable id, as recorded on operations: `key_…`. */
  id: string;
  /** Name of the role; null if the key has permissions of its own. */
  role: string | null;
  permissions: ReadonlySet<Permission>;
  reach: Reach;
}

/** Reports whether a principal has a permission, for the tenants within its reach. */
export function allows({ permissions }: Pick<Principal, 'permissions'>, permission: Permission): boolean {
  return permissions.has(permission);
}

/**
 * Returns what a grant has beyond its giver: permissions, or `reach` if it reaches more tenants. Nobody can give what
 * they do not have (as RBAC's escalation check in Kubernetes).
 */
export function beyond(giver: Principal, grant: Pick<Principal, 'permissions' | 'reach'>): string[] {
  const more: string[] = [...grant.permissions].filter((permission) => !giver.permissions.has(permission));
  return reaches(giver.reach, grant.reach) ? more : [...more, 'reach'];
}

function reaches(outer: Reach, inner: Reach): boolean {
  if (outer.kind === 'all') return true;
  return outer.kind === 'tenant' && inner.kind === 'tenant' && inner.tenantId === outer.tenantId;
}
