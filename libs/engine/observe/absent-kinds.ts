import { type KubernetesObject } from '#isolation';
import { nameOf } from '#kube';

import { PassWaiting } from '../pass/outcome.js';

/** A fallback: the tenant is woken when the kinds appear. */
const RECHECK_MS = 60_000;

/** A sentence that names the kinds of objects that a cluster does not serve. */
export function absentKinds(objects: readonly KubernetesObject[]): string {
  const kinds = [...new Set(objects.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`))].sort();
  return `The cluster does not serve ${kinds.join(', ')}, which this tenant needs.`;
}

/** @throws PassWaiting if there are such objects: the mesh or Gateway API must be installed, or declared absent. */
export function refuseAbsent(objects: readonly KubernetesObject[]): void {
  const [first] = objects;
  if (first === undefined) return;
  const { kind } = first;
  const problem = { reason: 'MeshMissing', message: absentKinds(objects), object: nameOf(first), kind };
  throw new PassWaiting(problem, RECHECK_MS);
}
