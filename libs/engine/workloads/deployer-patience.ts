import { isQuotaLag, isRefusedToDeployer } from '#kube';

import { withPatience } from '../apply/patience.js';

/**
 * Pauses in milliseconds before a request in a deployer's name is sent again, 1.5 s together. A binding and a quota that
 * were made a moment ago are not yet known to every part of the control plane: the authorizer follows in milliseconds,
 * the first count of a quota takes up to a second. What is refused after that is refused for good: the plan asks for
 * something that the tenant may not do.
 */
const PAUSES_MS = [100, 200, 400, 800];

/** Does what is done in a deployer's name, again while the cluster does not know of the deployer or its quota yet. */
export function asKnownDeployer<T>(work: () => Promise<T>): Promise<T> {
  return withPatience(PAUSES_MS, (error) => isRefusedToDeployer(error) || isQuotaLag(error), work);
}
