import { type Permission } from './permission.js';

/** The tenants that somebody can see and change: all, or those that they created and those listed. */
export interface Reach {
  all: boolean;
  /** Those that the principal created. */
  created: boolean;
  tenantIds: readonly string[];
}

/** What somebody may do to some tenants. */
export interface Grant {
  /** Name of the role; null: permissions of its own. */
  role: string | null;
  permissions: ReadonlySet<Permission>;
  reach: Reach;
}

/** Somebody whose credential was verified, with everything that they may do. */
export interface Caller {
  /** Stable id, as recorded on operations: `key_…`, or `oidc:<issuer>:<subject>`. */
  id: string;
  kind: 'key' | 'person' | 'workload';
  /** For humans. */
  name: string;
  /** A verified address, in lower case; null if none is known. */
  email: string | null;
  /** The name by which clusters, and so tenants, know a person; null if they know none. */
  user: string | null;
  /** When its token ends; null for an API key. */
  expiresAt: Date | null;
  /** Asks again what the caller may do; null if its credential has ended. For requests that go on. */
  now: () => Promise<Caller | null>;
  /** Several for people who are members of several tenants. */
  grants: readonly Grant[];
  /** Whether a tenant has invited the address, as of the same moment as the grants. */
  isInvited: boolean;
}

/** A caller in one request: what the grants that hold for the target of the request allow together. */
export interface Principal extends Caller, Grant {}

export const everywhere: Reach = { all: true, created: false, tenantIds: [] };
export const whereCreated: Reach = { all: false, created: true, tenantIds: [] };

/** Returns the reach of a grant for these tenants, which can be none. */
export function inTenants(tenantIds: readonly string[]): Reach {
  return { all: false, created: false, tenantIds };
}

/** Returns the caller with the sum of some of its grants. */
export function actingWith(caller: Caller, grants: readonly Grant[]): Principal {
  const roles = [...new Set(grants.map(({ role }) => role).filter((role) => role !== null))];
  return {
    ...caller,
    role: roles.length === 0 ? null : roles.join(', '),
    permissions: new Set(grants.flatMap(({ permissions }) => [...permissions])),
    reach: {
      all: grants.some(({ reach }) => reach.all),
      created: grants.some(({ reach }) => reach.created),
      tenantIds: [...new Set(grants.flatMap(({ reach }) => reach.tenantIds))],
    },
  };
}

/** Reports whether a principal has a permission, for the tenants within its reach. */
export function allows({ permissions }: Pick<Principal, 'permissions'>, permission: Permission): boolean {
  return permissions.has(permission);
}

/**
 * Returns what a grant has beyond its giver: permissions, or `reach` if it reaches more tenants. Nobody can give what
 * they do not have (as RBAC's escalation check in Kubernetes).
 */
export function beyond(giver: Principal, grant: Pick<Grant, 'permissions' | 'reach'>): string[] {
  const more: string[] = [...grant.permissions].filter((permission) => !giver.permissions.has(permission));
  return reaches(giver.reach, grant.reach) ? more : [...more, 'reach'];
}

/** What the holder of a grant creates is not what its giver created. */
function reaches(outer: Reach, inner: Reach): boolean {
  if (outer.all) return true;
  return !inner.all && !inner.created && inner.tenantIds.every((id) => outer.tenantIds.includes(id));
}
