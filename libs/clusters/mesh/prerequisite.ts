import { type MeshPrerequisite } from '#tenancy';

import { type Look } from './cluster-look.js';

/** Something that must hold for the whole mesh, because no object of a tenant can make up for it. */
export interface Rule {
  /** Stable, for programs. */
  name: string;
  /** What is wrong when it does not hold. */
  unmet: string;
  /** What an administrator can do. */
  remedy: string;
}

/**
 * Says whether a prerequisite holds.
 * @param holds whether it does, by what a look found; what was not found does not hold
 */
export function judged<T>(rule: Rule, found: Look<T>, holds: (value: T) => boolean): MeshPrerequisite {
  const { name, unmet, remedy } = rule;
  if (found.state === 'hidden') {
    const detail = `The worker may not read ${found.what}.`;
    return { name, status: 'unknown', detail, remedy: 'Apply deploy/worker-rbac.yaml again.' };
  }
  const met = found.state === 'found' && holds(found.value);
  return { name, status: met ? 'met' : 'unmet', detail: met ? 'As it has to be.' : unmet, remedy: met ? null : remedy };
}
