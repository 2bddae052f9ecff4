import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import {
  canary,
  type CanarySort,
  type KubernetesObject,
  POLICIES_ANNOTATION,
  renderAdmissionPolicies,
  renderCanaryPolicies,
  renderClusterRoles,
  renderPolicyCanary,
} from '#isolation';
import { type KubeClient, KubeError } from '#kube';
import pMap from 'p-map';

import { compare } from './ensure/comparison.js';
import { keyOf } from './ensure/difference.js';

/** Requests about objects that tenants share that are under way at the same time. */
const IN_FLIGHT = 16;
/** The API server looks for changed policies about once a second, and compiles all of them then. */
const MOST_WAIT_MS = 60_000;
const CANARY_INTERVAL_MS = 50;

/**
 * Makes what all tenants share: admission policies, and, once the API server acts on them, the roles. Until then
 * nobody may get access by what is made here.
 * @param provisioner the user name of the worker
 * @param mutates whether the cluster has MutatingAdmissionPolicies
 * @throws KubeError, KubeUnreachable; Error when the policies are not in force in time
 */
export async function ensureSharedObjects(kube: KubeClient, provisioner: string, mutates: boolean): Promise<void> {
  const policies = renderAdmissionPolicies(provisioner, mutates);
  const version = createHash('sha256').update(JSON.stringify(policies)).digest('hex').slice(0, 16);
  await keep(kube, policies);
  await keep(kube, renderCanaryPolicies(version, mutates));
  await inForce(kube, version, mutates);
  await keep(kube, renderClusterRoles());
}

/** Makes objects as rendered. */
async function keep(kube: KubeClient, objects: readonly KubernetesObject[]): Promise<void> {
  await pMap(
    objects,
    async (object) => {
      const live = await kube.get(keyOf(object));
      const { complete, removal } = live === null ? { complete: false, removal: null } : compare(object, live);
      if (!complete) await kube.apply(object);
      if (removal !== null) await kube.removeFields(keyOf(object), removal);
    },
    { concurrency: IN_FLIGHT },
  );
}

/**
 * Waits until the API server acts on the policies that were written before.
 * @param version any text that was not used before
 * @throws as `ensureSharedObjects`
 */
export async function policiesInForce(kube: KubeClient, version: string): Promise<void> {
  await keep(kube, renderPolicyCanary(version));
  await until(() => validates(kube, 'policies', version));
}

/** Waits until the API server acts on this set of the walls. */
async function inForce(kube: KubeClient, version: string, mutates: boolean): Promise<void> {
  await until(
    async () => (await validates(kube, 'validating', version)) && (!mutates || (await isNoted(kube, version))),
  );
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + MOST_WAIT_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) {
      throw new Error(`The admission policies are not in force after ${MOST_WAIT_MS / 1000} s.`);
    }
    await delay(CANARY_INTERVAL_MS);
  }
}

async function validates(kube: KubeClient, sort: CanarySort, version: string): Promise<boolean> {
  try {
    await kube.tryApply(canary(sort));
    return false;
  } catch (error) {
    if (error instanceof KubeError && error.httpStatus === 403) return error.message.includes(version);
    throw error;
  }
}

async function isNoted(kube: KubeClient, version: string): Promise<boolean> {
  const { metadata } = await kube.tryApply(canary('mutating'));
  return metadata.annotations?.[POLICIES_ANNOTATION] === version;
}
