import { beyond, type Grant, type Principal } from '#access';
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
