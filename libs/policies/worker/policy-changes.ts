import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import { compare } from '#compare';
import { type KubernetesObject } from '#isolation';
import { keyOf, type KubeClient, KubeError } from '#kube';
import { type Answer, type AnsweredError } from '#problems';

import { PARAMETERS_KIND, policyObjects } from './render-policy.js';

/** How long one look at a policy follows Gatekeeper, which takes some seconds to create the kind of a template. */
const GATEKEEPER_MS = 3_000;
const POLL_MS = 200;

/** Gatekeeper accepted a policy but does not enforce it. The message is Gatekeeper's. */
export class GatekeeperRefused extends Error implements AnsweredError {
  override readonly name = 'GatekeeperRefused';

  get answer(): Answer {
    return { from: 'gatekeeper', code: 'refused', message: this.message };
  }
}

/** A policy cannot go on yet, for a reason that passes without a change of the policy. */
export class PolicyWaits extends Error implements AnsweredError {
  override readonly name = 'PolicyWaits';

  get answer(): Answer {
    return { from: 'gatekeeper', code: 'none', message: this.message };
  }
}

/** What the writes for one policy ask and report. */
export interface PolicyWrites {
  /** Comes before each write; throws if there may be no more. */
  assertHeld: () => void;
  /** Comes before the write of a policy or binding, on which the API server acts only some time later. */
  slow: () => void;
}

/**
 * Applies the objects of a policy, and removes those that are no longer rendered, except its parameters.
 * @throws KubeError, KubeUnreachable; GatekeeperRefused, PolicyWaits; what `assertHeld` throws
 */
export async function makePolicy(
  kube: KubeClient,
  slot: number,
  objects: readonly KubernetesObject[],
  writes: PolicyWrites,
): Promise<void> {
  for (const object of objects) {
    await makeObject(kube, object, writes);
    if (object.apiVersion.includes('gatekeeper')) await followGatekeeper(kube, object);
  }
  const wanted = new Set(objects.map(({ apiVersion, kind }) => `${apiVersion}/${kind}`));
  for (const object of policyObjects(slot)) {
    if (object.kind === PARAMETERS_KIND) continue;
    if (!wanted.has(`${object.apiVersion}/${object.kind}`)) await removeObject(kube, object, writes);
  }
}

/**
 * Removes the parameters of a policy that no longer has any. Call it only once the API server acts on the removal of the
 * binding: until then missing parameters would make it refuse every write that the policy matches.
 * @throws KubeError, KubeUnreachable; what `assertHeld` throws
 */
export async function removeParameters(
  kube: KubeClient,
  slot: number,
  objects: readonly KubernetesObject[],
  writes: PolicyWrites,
): Promise<void> {
  const parameters = policyObjects(slot).find(({ kind }) => kind === PARAMETERS_KIND);
  const isNeeded = objects.some(({ kind }) => kind === PARAMETERS_KIND);
  if (parameters !== undefined && !isNeeded) await removeObject(kube, parameters, writes);
}

async function makeObject(kube: KubeClient, object: KubernetesObject, writes: PolicyWrites): Promise<void> {
  const live = await kube.get(keyOf(object));
  const { complete, removal } = live === null ? { complete: false, removal: null } : compare(object, live);
  if (complete && removal === null) return;
  writes.assertHeld();
  if (isSlow(object)) writes.slow();
  if (!complete) await applyOnceServed(kube, object);
  if (removal !== null) await kube.removeFields(keyOf(object), removal);
}

/**
 * Applies an object. Gatekeeper's own kinds come with its installation; the kind of a constraint comes with its template,
 * for which this waits a little.
 */
async function applyOnceServed(kube: KubeClient, object: KubernetesObject): Promise<void> {
  const until = performance.now() + (object.kind === 'ConstraintTemplate' ? 0 : GATEKEEPER_MS);
  for (;;) {
    try {
      await kube.apply(object);
      return;
    } catch (error) {
      const isServed = !(error instanceof KubeError) || error.httpStatus !== 404;
      if (isServed || !object.apiVersion.includes('gatekeeper')) throw error;
      if (performance.now() > until) {
        throw new PolicyWaits(`The API server does not serve the kind ${object.kind} (${object.apiVersion}) yet.`);
      }
      await delay(POLL_MS);
    }
  }
}

async function removeObject(
  kube: KubeClient,
  object: Pick<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'>,
  writes: PolicyWrites,
): Promise<void> {
  const key = keyOf(object);
  const live = await kube.get(key);
  if (live === null) return;
  writes.assertHeld();
  if (isSlow(object)) writes.slow();
  await kube.delete(key, live.metadata.uid);
}

function isSlow({ apiVersion }: Pick<KubernetesObject, 'apiVersion'>): boolean {
  return apiVersion.startsWith('admissionregistration');
}

interface GatekeeperStatus {
  created?: boolean;
  byPod?: {
    observedGeneration?: number;
    enforced?: boolean;
    errors?: { code?: string; message?: string; location?: string }[];
  }[];
}

/**
 * Waits a little until each part of Gatekeeper reports the current generation of the object.
 * @throws GatekeeperRefused; PolicyWaits if it takes longer
 */
async function followGatekeeper(kube: KubeClient, object: KubernetesObject): Promise<void> {
  const until = performance.now() + GATEKEEPER_MS;
  for (;;) {
    const live = await kube.get(keyOf(object));
    const { generation } = (live?.metadata ?? {}) as { generation?: number };
    const status = (live as { status?: GatekeeperStatus } | null)?.status ?? {};
    const current = (status.byPod ?? []).filter(({ observedGeneration }) => observedGeneration === generation);
    const errors = current.flatMap((pod) => pod.errors ?? []);
    if (errors.length > 0) throw new GatekeeperRefused(errors.map(textOf).join(' '));
    const isTaken =
      object.kind === 'ConstraintTemplate' ? status.created === true : current.some((pod) => pod.enforced);
    if (isTaken && current.length > 0) return;
    if (performance.now() > until) {
      throw new PolicyWaits(`Gatekeeper has not reported the ${object.kind} ${object.metadata.name} yet.`);
    }
    await delay(POLL_MS);
  }
}

function textOf({ code, message, location }: { code?: string; message?: string; location?: string }): string {
  return [location, code, message].filter(Boolean).join(': ');
}
