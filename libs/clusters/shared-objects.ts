import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import { compare } from '#compare';
import {
  canary,
  type CanarySort,
  type ClusterFacts,
  type KubernetesObject,
  POLICIES_ANNOTATION,
  renderAdmissionPolicies,
  renderCanaryPolicies,
  renderClusterRoles,
  renderGuardrail,
  renderPolicyCanary,
  type Walls,
} from '#isolation';
import { keyOf, type KubeClient, KubeError, type LiveObject } from '#kube';
import pMap from 'p-map';

/** Requests about objects that tenants share that are under way at the same time. */
const IN_FLIGHT = 16;
/** The API server looks for changed policies about once a second, and compiles all of them then. */
const MOST_WAIT_MS = 60_000;
const CANARY_INTERVAL_MS = 50;

/**
 * Makes what all tenants share: admission policies, and, once the API server acts on them, the roles. Until then
 * nobody may get access by what is made here.
 * @param before walls on which the API server acted already, as this process has seen: if it is these that are wanted
 *   and all stand, it is not asked again
 * @throws KubeError, KubeUnreachable; Error when the policies are not in force in time
 */
export async function ensureSharedObjects(kube: KubeClient, walls: Walls, before: Walls | null = null): Promise<void> {
  const { mutates } = walls;
  const version = versionOf(walls);
  const wereInForce = before !== null && versionOf(before) === version;
  const wallsStood = await keep(kube, renderAdmissionPolicies(walls));
  const canariesStood = await keep(kube, renderCanaryPolicies(version, mutates));
  if (!wallsStood || !canariesStood || !wereInForce) {
    await until(async () => {
      const { validates, notes } = await answersOf((object) => kube.tryApply(object), version, mutates);
      return validates && notes;
    });
  }
  await keep(kube, renderClusterRoles());
}

/**
 * Makes what holds tenants' network policies where the cluster knows it, before anybody has access.
 * @throws KubeError, KubeUnreachable
 */
export async function ensureGuardrail(kube: KubeClient, cluster: ClusterFacts): Promise<void> {
  await keep(kube, renderGuardrail(cluster));
}

/** Makes objects as rendered. @returns whether all of them were so */
async function keep(kube: KubeClient, objects: readonly KubernetesObject[]): Promise<boolean> {
  const stood = await pMap(
    objects,
    async (object) => {
      const live = await kube.get(keyOf(object));
      const { complete, removal } = live === null ? { complete: false, removal: null } : compare(object, live);
      if (!complete) await kube.apply(object);
      if (removal !== null) await kube.removeFields(keyOf(object), removal);
      return complete && removal === null;
    },
    { concurrency: IN_FLIGHT },
  );
  return stood.every(Boolean);
}

/**
 * Waits until the API server acts on the policies that were written before.
 * @param version any text that was not used before
 * @throws as `ensureSharedObjects`
 */
export async function policiesInForce(kube: KubeClient, version: string): Promise<void> {
  await keep(kube, renderPolicyCanary(version));
  await until(() => validates((object) => kube.tryApply(object), 'policies', version));
}

/** Has the API server try an object without storing it, as `KubeClient.tryApply`. */
type TryApply = (object: KubernetesObject) => Promise<LiveObject>;

/**
 * Whether the API server acts on exactly this set of the walls: on its validating policies, and on its mutating ones,
 * of which a cluster that knows none has enough.
 * @throws KubeError, KubeUnreachable
 */
export function baselineInForce(tryApply: TryApply, walls: Walls): Promise<{ validates: boolean; notes: boolean }> {
  return answersOf(tryApply, versionOf(walls), walls.mutates);
}

async function answersOf(
  tryApply: TryApply,
  version: string,
  mutates: boolean,
): Promise<{ validates: boolean; notes: boolean }> {
  const answered = await validates(tryApply, 'validating', version);
  return { validates: answered, notes: !mutates || (await isNoted(tryApply, version)) };
}

function versionOf(walls: Walls): string {
  return createHash('sha256')
    .update(JSON.stringify(renderAdmissionPolicies(walls)))
    .digest('hex')
    .slice(0, 16);
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

async function validates(tryApply: TryApply, sort: CanarySort, version: string): Promise<boolean> {
  try {
    await tryApply(canary(sort));
    return false;
  } catch (error) {
    if (error instanceof KubeError && error.httpStatus === 403) return error.message.includes(version);
    throw error;
  }
}

async function isNoted(tryApply: TryApply, version: string): Promise<boolean> {
  const { metadata } = await tryApply(canary('mutating'));
  return metadata.annotations?.[POLICIES_ANNOTATION] === version;
}
