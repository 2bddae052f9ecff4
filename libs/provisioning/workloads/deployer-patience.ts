import { setTimeout as pause } from 'node:timers/promises';

import { isRefusedToDeployer, KubeError } from '#kube';

/**
 * Pauses in milliseconds before a request in a deployer's name is sent again, 1.5 s together. A binding and a quota that
 * were made a moment ago are not yet known to every part of the control plane: the authorizer follows in milliseconds,
 * the first count of a quota takes up to a second. What is refused after that is refused for good: the plan asks for
 * something that the tenant may not do.
 */
const PAUSES_MS = [100, 200, 400, 800];

/** Does what is done in a deployer's name, again while the cluster does not know of the deployer or its quota yet. */
export async function asKnownDeployer<T>(work: () => Promise<T>): Promise<T> {
  for (const ms of PAUSES_MS) {
    try {
      return await work();
    } catch (error) {
      if (!isRefusedToDeployer(error) && !isQuotaUncounted(error)) throw error;
    }
    await pause(ms);
  }
  return work();
}

function isQuotaUncounted(error: unknown): boolean {
  return error instanceof KubeError && error.httpStatus === 403 && /status unknown for quota/.test(error.message);
}
