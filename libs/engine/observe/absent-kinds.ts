import { type KubernetesObject } from '#isolation';
import { nameOf } from '#kube';

import { PassWaiting } from '../pass/outcome.js';

/** Only in case that nobody notices when the kinds appear, which wakes the tenant. */
const RECHECK_MS = 60_000;

/** A sentence that names the kinds of objects that a cluster does not serve. */
export function absentKinds(objects: readonly KubernetesObject[]): string {
  const kinds = [...new Set(objects.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`))].sort();
  return `The cluster does not serve ${kinds.join(', ')}, which the tenant needs in the mesh.`;
}

/** @throws PassWaiting when there are such objects: somebody has to install the mesh, or say that there is none. */
export function refuseAbsent(objects: readonly KubernetesObject[]): void {
  const [first] = objects;
  if (first === undefined) return;
  const { kind } = first;
  const trouble = { reason: 'MeshMissing', message: absentKinds(objects), object: nameOf(first), kind };
  throw new PassWaiting(trouble, RECHECK_MS);
}
