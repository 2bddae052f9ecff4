import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import { compare } from '#compare';
import {
  canary,
  type CanaryKind,
  type ClusterFacts,
  type KubernetesObject,
  POLICIES_ANNOTATION,
  renderAdmissionPolicies,
  renderCanaryPolicies,
  renderClusterRoles,
  renderGuardrail,
  renderPolicyCanary,
  RETIRED_POLICIES,
  type AdmissionBaseline,
} from '#isolation';
import { keyOf, type KubeClient, KubeError, type LiveObject, type ObjectKey } from '#kube';
import { type Answer, type AnsweredError } from '#problems';
import pMap from 'p-map';

/** Concurrent requests about objects that all tenants share. */
const IN_FLIGHT = 16;
/** The API server looks for changed policies about once a second, and then compiles all of them. */
const MOST_WAIT_MS = 60_000;
const CANARY_INTERVAL_MS = 50;
/** How soon a worker notices that another one has replaced its canary. */
const CANARY_LOOK_MS = 500;

/**
 * Applies the objects that all tenants share: the admission baseline and, once it is in force, the roles. Access must
 * not be granted before that.
 * @param before the baseline that this process has already seen in force: if it is unchanged and complete, the API
 *   server is not asked again
 * @throws KubeError, KubeUnreachable; Error when the policies are not in force in time
 */
export async function ensureSharedObjects(
  kube: KubeClient,
  baseline: AdmissionBaseline,
  before: AdmissionBaseline | null = null,
): Promise<void> {
  const { mutates } = baseline;
  const version = versionOf(baseline);
  const wereInForce = before !== null && versionOf(before) === version;
  const policiesUnchanged = await ensure(kube, renderAdmissionPolicies(baseline));
  const canariesUnchanged = await ensure(kube, renderCanaryPolicies(version, mutates));
  if (!policiesUnchanged || !canariesUnchanged || !wereInForce) {
    await until(async () => {
      const { validates, notes } = await answersOf((object) => kube.tryApply(object), version, mutates);
      return validates && notes;
    });
  }
  await removeRetired(kube);
  await ensure(kube, renderClusterRoles());
}

/**
 * Applies the guardrail of tenants' network policies, if the cluster knows its kind. Comes before access is granted.
 * @throws KubeError, KubeUnreachable
 */
export async function ensureGuardrail(kube: KubeClient, cluster: ClusterFacts): Promise<void> {
  await ensure(kube, renderGuardrail(cluster));
}

/**
 * Removes the policies of earlier releases that the baseline, which is in force, replaces. A worker of an earlier release
 * that still runs writes them again: each look removes them again.
 */
async function removeRetired(kube: KubeClient): Promise<void> {
  const keys = RETIRED_POLICIES.flatMap((name) =>
    // Without its binding a policy does nothing.
    ['ValidatingAdmissionPolicyBinding', 'ValidatingAdmissionPolicy'].map((kind): ObjectKey => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind,
      namespace: '',
      name,
    })),
  );
  // The last is looked for first: once it is gone, so are all others.
  const last = keys.at(-1);
  if (last === undefined || (await kube.get(last)) === null) return;
  for (const key of keys) {
    const live = await kube.get(key);
    if (live !== null) await kube.delete(key, live.metadata.uid);
  }
}

/** Applies objects that differ from what is rendered. Returns whether none did. */
async function ensure(kube: KubeClient, objects: readonly KubernetesObject[]): Promise<boolean> {
  const unchanged = await pMap(
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
  return unchanged.every(Boolean);
}

/**
 * Waits until the API server acts on the policies that were written before this call. Workers that wait at the same time
 * replace each other's canary, so any canary that comes later counts too.
 * @param version a text that was never used before
 * @param stopping ends the wait
 * @returns false if the API server does not act on them in time, or the wait was ended
 * @throws KubeError, KubeUnreachable
 */
export async function policiesInForce(kube: KubeClient, version: string, stopping: AbortSignal): Promise<boolean> {
  const isStopped = (): boolean => stopping.aborted;
  if (isStopped()) return false;
  await ensure(kube, renderPolicyCanary(version));
  const versions = new Set([version]);
  const deadline = performance.now() + MOST_WAIT_MS;
  let lookAt = performance.now() + CANARY_LOOK_MS;
  while (!isStopped() && performance.now() < deadline) {
    const answer = await answerOf((object) => kube.tryApply(object), 'policies');
    if ([...versions].some((each) => answer.includes(each))) return true;
    if (performance.now() > lookAt) {
      versions.add(await currentCanary(kube, version));
      lookAt = performance.now() + CANARY_LOOK_MS;
    }
    await delay(CANARY_INTERVAL_MS, undefined, { signal: stopping }).catch(() => undefined);
  }
  return false;
}

/** The version that the canary has now. A canary that was removed is made again. */
async function currentCanary(kube: KubeClient, version: string): Promise<string> {
  const objects = renderPolicyCanary(version);
  const policy = objects.find(({ kind }) => kind === 'ValidatingAdmissionPolicy');
  const live = policy === undefined ? null : await kube.get(keyOf(policy));
  const { validations = [] } = (live as { spec?: { validations?: { message?: string }[] } } | null)?.spec ?? {};
  const { message } = validations[0] ?? {};
  if (message !== undefined) return message;
  await ensure(kube, objects);
  return version;
}

/** Applies an object as a dry run, as `KubeClient.tryApply`. */
type TryApply = (object: KubernetesObject) => Promise<LiveObject>;

/**
 * Reports whether the API server acts on exactly this admission baseline: on its validating policies, and on its mutating
 * ones (true if the cluster does not support those).
 * @throws KubeError, KubeUnreachable
 */
export function baselineInForce(
  tryApply: TryApply,
  baseline: AdmissionBaseline,
): Promise<{ validates: boolean; notes: boolean }> {
  return answersOf(tryApply, versionOf(baseline), baseline.mutates);
}

async function answersOf(
  tryApply: TryApply,
  version: string,
  mutates: boolean,
): Promise<{ validates: boolean; notes: boolean }> {
  const answered = await validates(tryApply, 'validating', version);
  return { validates: answered, notes: !mutates || (await isNoted(tryApply, version)) };
}

function versionOf(baseline: AdmissionBaseline): string {
  return createHash('sha256')
    .update(JSON.stringify(renderAdmissionPolicies(baseline)))
    .digest('hex')
    .slice(0, 16);
}

/** The API server does not act on the admission baseline in time. */
class BaselineNotInForce extends Error implements AnsweredError {
  override readonly name = 'BaselineNotInForce';

  get answer(): Answer {
    return { from: 'kubernetes', code: 'not-in-force', message: this.message };
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + MOST_WAIT_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) {
      throw new BaselineNotInForce(`The admission policies are not in force after ${MOST_WAIT_MS / 1000} s.`);
    }
    await delay(CANARY_INTERVAL_MS);
  }
}

async function validates(tryApply: TryApply, kind: CanaryKind, version: string): Promise<boolean> {
  return (await answerOf(tryApply, kind)).includes(version);
}

/** The message of the policy that answers a canary; empty if none does. */
async function answerOf(tryApply: TryApply, kind: CanaryKind): Promise<string> {
  try {
    await tryApply(canary(kind));
    return '';
  } catch (error) {
    if (error instanceof KubeError && error.httpStatus === 403) return error.message;
    throw error;
  }
}

async function isNoted(tryApply: TryApply, version: string): Promise<boolean> {
  const { metadata } = await tryApply(canary('mutating'));
  return metadata.annotations?.[POLICIES_ANNOTATION] === version;
}
