import { beyond, builtInRoles, type Grant, inTenants, type Permission, type Principal } from '#access';
import { type IdentifiedMember } from '#tenancy';
import { DomainError } from '#problems';

/**
 * Refuses to give more than the caller has.
 * @param what would get it, such as "key"
 * @throws `auth.forbidden`, naming what the caller lacks
 */
export function refuseBeyond(
  caller: Principal,
  what: 'key' | 'role',
  grant: Pick<Grant, 'permissions' | 'reach'>,
): void {
  const more = beyond(caller, grant);
  if (more.length === 0) return;
  throw new DomainError('auth.forbidden', `The ${what} could do more than the caller: ${more.join(', ')}.`);
}

/**
 * Refuses to make somebody a member who could do more in the tenant of the request than the caller.
 * @throws `auth.forbidden`, naming what the caller lacks
 */
export function refuseRolesBeyond(caller: Principal, roles: readonly IdentifiedMember['role'][]): void {
  for (const role of roles) {
    const permissions: ReadonlySet<Permission> = new Set(builtInRoles[role].permissions);
    const more = beyond(caller, { permissions, reach: inTenants([]) });
    if (more.length === 0) continue;
    throw new DomainError('auth.forbidden', `The role "${role}" could do more than the caller: ${more.join(', ')}.`);
  }
}
