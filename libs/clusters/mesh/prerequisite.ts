import { type MeshPrerequisite } from '#tenancy';

import { type Look } from './cluster-look.js';

/** A condition on the whole mesh that no object of a tenant can make up for. */
export interface Rule {
  /** Stable, for programs. */
  name: string;
  /** The problem when it does not hold. */
  unmet: string;
  /** Tells an administrator how to fix it. */
  remedy: string;
}

/**
 * Evaluates a prerequisite.
 * @param holds whether it holds for the value that was found; an absent value does not hold
 */
export function judged<T>(rule: Rule, found: Look<T>, holds: (value: T) => boolean): MeshPrerequisite {
  const { name, unmet, remedy } = rule;
  if (found.state === 'hidden') {
    const detail = `The worker has no right to read ${found.what}.`;
    return { name, status: 'unknown', detail, remedy: 'Apply deploy/worker-rbac.yaml again.' };
  }
  const met = found.state === 'found' && holds(found.value);
  return {
    name,
    status: met ? 'met' : 'unmet',
    detail: met ? 'Configured as required.' : unmet,
    remedy: met ? null : remedy,
  };
}
