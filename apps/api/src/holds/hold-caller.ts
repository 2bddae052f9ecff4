import { type Principal, type Role } from '#access';
import { type HoldCaller, type HoldSource, holdSources } from '#tenancy';

/** For which sources a role may place and lift holds: a billing system has no say in what security decided. */
const sourcesOf: Partial<Record<Role, readonly HoldSource[]>> = {
  'platform-admin': holdSources,
  operator: holdSources,
  billing: ['billing'],
};

/** The caller as holds see them. */
export function holdCaller({ id, role }: Principal): HoldCaller {
  return { id, sources: sourcesOf[role] ?? [] };
}
