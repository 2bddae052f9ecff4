import { type Principal } from '#access';
import { DomainError } from '#problems';

/**
 * The refusal of a caller without the permissions of a request.
 * @param missing of each entry one would suffice
 */
export function lacking({ role }: Principal, missing: readonly (readonly string[])[]): DomainError {
  const who = role === null ? 'The caller' : `The role "${role}"`;
  const what = missing.map((alternatives) => alternatives.join(' or ')).join(', ');
  return new DomainError('auth.forbidden', `${who} does not have the permission that this request needs: ${what}.`);
}
