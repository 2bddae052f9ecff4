import { type Principal, type Role } from '#access';
import { type HoldCaller, type HoldSource, holdSources } from '#tenancy';

/** Sources for which each role can place and lift holds. A billing system cannot lift a hold of security. */
const sourcesOf: Partial<Record<Role, readonly HoldSource[]>> = {
  'platform-admin': holdSources,
  operator: holdSources,
  billing: ['billing'],
};

/** Maps the caller to the holds that they can manage. */
export function holdCaller({ id, role }: Principal): HoldCaller {
  return { id, sources: sourcesOf[role] ?? [] };
}
