import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import { cutOffCanary, isCutOff, type KubernetesObject, PROVER, refusesCutOff } from '#isolation';

import { PassWaiting } from '../pass/outcome.js';
import { type Pass } from '../pass/pass.js';

/** An API server learns of a changed namespace within milliseconds. */
const LOOK_MS = 10;
const MOST_WAIT_MS = 5_000;
/** A policy that somebody wrote can refuse the canary before the baseline does: then nobody is told why. */
const OTHER_REFUSALS_MS = 500;
const RECHECK_MS = 2_000;

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
export async function untilInForce({ kube, keeper }: Pass, environment: { namespace: string }): Promise<void> {
  const start = performance.now();
  for (;;) {
    keeper.assertHeld();
    const refusal = await kube.refusalOf(cutOffCanary(environment), PROVER);
    const waitedMs = performance.now() - start;
    if (refusal !== null && (refusesCutOff(refusal) || waitedMs > OTHER_REFUSALS_MS)) return;
    if (waitedMs > MOST_WAIT_MS) {
      const message = `The API server does not yet keep others from writing in ${environment.namespace}.`;
      const problem = {
        reason: 'CutOffNotInForce',
        message,
        object: environment.namespace,
        kind: 'Namespace',
      } as const;
      throw new PassWaiting(problem, RECHECK_MS);
    }
    await delay(LOOK_MS);
  }
}
