import { cutOffCanary, isCutOff, type KubernetesObject, refusesCutOff } from '#isolation';

import { PassWaiting } from '../pass/outcome.js';
import { type Pass } from '../pass/pass.js';
import { REFUSAL_RECHECK_MS, untilRefused } from '../pass/until-refused.js';

/**
 * Marks the namespaces of a tenant that is cut off, before anything that others wrote is changed, and waits until the API server acts
 * on it: from then on nobody but the platform writes there what runs or gives access.
 * @param mark applies the namespaces among the repairs; called only if there are any
 * @returns the repairs that are left
 * @throws LeaseLost, StepFailed; PassWaiting if the API server does not act on it in time
 */
export async function markCutOff<T extends { object: KubernetesObject }>(
  pass: Pass,
  repairs: readonly T[],
  mark: (namespaces: readonly T[]) => Promise<void>,
): Promise<readonly T[]> {
  if (!isCutOff(pass.tenant)) return repairs;
  const isNamespace = ({ object }: T): boolean => object.kind === 'Namespace';
  const namespaces = repairs.filter(isNamespace);
  if (namespaces.length > 0) await mark(namespaces);
  await Promise.all(pass.tenant.environments.map((environment) => untilInForce(pass, environment)));
  return repairs.filter((repair) => !isNamespace(repair));
}

/**
 * Waits until the API server keeps others from writing in a namespace that is marked.
 * @throws LeaseLost; PassWaiting if it does not in time
 */
export async function untilInForce(pass: Pass, environment: { namespace: string }): Promise<void> {
  const object = environment.namespace;
  const message = `The API server does not yet keep others from writing in ${object}.`;
  const problem = { reason: 'CutOffNotInForce', message, object, kind: 'Namespace' } as const;
  const isRefused = await untilRefused(pass, cutOffCanary(environment), refusesCutOff);
  if (!isRefused) throw new PassWaiting(problem, REFUSAL_RECHECK_MS);
}
