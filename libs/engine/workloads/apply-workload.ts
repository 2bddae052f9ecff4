import { type KubernetesObject } from '#isolation';
import { keyOf, type KubeClient, KubeError, type LiveObject } from '#kube';

import { asKnownDeployer } from './deployer-patience.js';

/**
 * Applies a workload as the tenant's deployer. A Job whose pods differ from those that stand is replaced, because the
 * API server lets nobody change a Job's template. What else is immutable (a Deployment's selector, most of a
 * StatefulSet, the class of a claim) stays as it is and fails in the API server's words, as replacing it would take
 * the service down or its data away.
 * @param live what stands, or null
 * @throws KubeError, KubeUnreachable
 */
export async function applyWorkload(
  kube: KubeClient,
  object: KubernetesObject,
  live: LiveObject | null,
): Promise<LiveObject> {
  const apply = (): Promise<LiveObject> => asKnownDeployer(() => kube.apply(object));
  try {
    return await apply();
  } catch (error) {
    if (live === null || object.kind !== 'Job' || !isImmutable(error)) throw error;
    await kube.delete(keyOf(object), live.metadata.uid);
    return apply();
  }
}

function isImmutable(error: unknown): boolean {
  return error instanceof KubeError && error.httpStatus === 422 && /field is immutable/.test(error.message);
}
