import { type KubernetesObject } from '#isolation';
import { isQuotaLag, isRefusedToDeployer, keyOf, type KubeClient, KubeError, type LiveObject } from '#kube';

import { retryWhile } from '../apply/retry-while.js';

/**
 * Pauses in milliseconds before a request as a deployer is sent again, 1.5 s together. A binding and a quota that were
 * just created are not yet known to every part of the control plane: the authorizer follows within milliseconds, the
 * first count of a quota takes up to a second. A request that is still refused after that is refused for good: the plan
 * asks for something that the tenant is not allowed to do.
 */
const PAUSES_MS = [100, 200, 400, 800];

/** Sends a request as a deployer, again while the cluster does not know the deployer or its quota yet. */
export function asKnownDeployer<T>(kube: KubeClient, request: () => Promise<T>): Promise<T> {
  return retryWhile(kube, PAUSES_MS, (error) => isRefusedToDeployer(error) || isQuotaLag(error), request);
}

/**
 * Applies a workload as the tenant's deployer. A Job with a changed pod template is replaced, because the API server
 * refuses to change the template of a Job. Anything else that is immutable (the selector of a Deployment, most of a
 * StatefulSet, the class of a volume claim) is kept and fails with the API server's message, because replacing it would
 * interrupt the service or lose its data.
 * @param live the existing object, or null
 * @throws KubeError, KubeUnreachable
 */
export async function applyWorkload(
  kube: KubeClient,
  object: KubernetesObject,
  live: LiveObject | null,
): Promise<LiveObject> {
  const apply = (): Promise<LiveObject> => asKnownDeployer(kube, () => kube.apply(object));
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
