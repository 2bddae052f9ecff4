import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import { compare } from '#compare';
import { type KubernetesObject } from '#isolation';
import { keyOf, type KubeClient, KubeError } from '#kube';
import { type Answer, type AnsweredError } from '#problems';

import { PARAMETERS_KIND, policyObjects } from './render-policy.js';

/** Gatekeeper takes some seconds to create the kind of a template. */
const GATEKEEPER_MS = 30_000;
const POLL_MS = 200;

/** Gatekeeper accepted a policy but does not enforce it. The message is Gatekeeper's. */
export class GatekeeperRefused extends Error implements AnsweredError {
  override readonly name = 'GatekeeperRefused';

  /** @param isSilent whether Gatekeeper said nothing in time, as while it is upgraded */
  constructor(
    message: string,
    private readonly isSilent = false,
  ) {
    super(message);
  }

  get answer(): Answer {
    return { from: 'gatekeeper', code: this.isSilent ? 'none' : 'refused', message: this.message };
  }
}

/** The writes for one policy. */
export interface PolicyWrites {
  /** Whether a policy or binding was written, on which the API server acts only some time later. */
  slow: boolean;
}

/**
 * Applies the objects of a policy, and removes those that are no longer rendered, except its parameters.
 * @throws KubeError, KubeUnreachable; GatekeeperRefused
 */
export async function makePolicy(
  kube: KubeClient,
  slot: number,
  objects: readonly KubernetesObject[],
): Promise<PolicyWrites> {
  let slow = false;
  for (const object of objects) {
    const changed = await makeObject(kube, object);
    slow ||= changed && object.apiVersion.startsWith('admissionregistration');
    if (object.apiVersion.includes('gatekeeper')) await followGatekeeper(kube, object);
  }
  const wanted = new Set(objects.map(({ apiVersion, kind }) => `${apiVersion}/${kind}`));
  for (const object of policyObjects(slot)) {
    if (object.kind === PARAMETERS_KIND) continue;
    if (wanted.has(`${object.apiVersion}/${object.kind}`)) continue;
    const removed = await removeObject(kube, object);
    slow ||= removed && object.apiVersion.startsWith('admissionregistration');
  }
  return { slow };
}

/**
 * Removes the parameters of a policy that no longer has any. Call it only once the API server acts on the removal of the
 * binding: until then missing parameters would make it refuse every write that the policy matches.
 * @throws KubeError, KubeUnreachable
 */
export async function removeParameters(
  kube: KubeClient,
  slot: number,
  objects: readonly KubernetesObject[],
): Promise<void> {
  const parameters = policyObjects(slot).find(({ kind }) => kind === PARAMETERS_KIND);
  const isNeeded = objects.some(({ kind }) => kind === PARAMETERS_KIND);
  if (parameters !== undefined && !isNeeded) await removeObject(kube, parameters);
}

async function makeObject(kube: KubeClient, object: KubernetesObject): Promise<boolean> {
  const live = await kube.get(keyOf(object));
  const { complete, removal } = live === null ? { complete: false, removal: null } : compare(object, live);
  if (complete && removal === null) return false;
  if (!complete) await applyOnceServed(kube, object);
  if (removal !== null) await kube.removeFields(keyOf(object), removal);
  return true;
}

/** Applies an object; retries while a kind that Gatekeeper has just created is not served yet. */
async function applyOnceServed(kube: KubeClient, object: KubernetesObject): Promise<void> {
  const until = performance.now() + GATEKEEPER_MS;
  for (;;) {
    try {
      await kube.apply(object);
      return;
    } catch (error) {
      const isNotServed = error instanceof KubeError && error.httpStatus === 404;
      if (!isNotServed || !object.apiVersion.startsWith('constraints') || performance.now() > until) throw error;
      await delay(POLL_MS);
    }
  }
}

async function removeObject(
  kube: KubeClient,
  object: Pick<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'>,
): Promise<boolean> {
  const key = keyOf(object);
  const live = await kube.get(key);
  if (live === null) return false;
  await kube.delete(key, live.metadata.uid);
  return true;
}

interface GatekeeperStatus {
  created?: boolean;
  byPod?: {
    observedGeneration?: number;
    enforced?: boolean;
    errors?: { code?: string; message?: string; location?: string }[];
  }[];
}

/** Waits until each part of Gatekeeper reports the current generation of the object. */
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
      const message = `Gatekeeper reported no status of ${object.kind} ${object.metadata.name} in time.`;
      throw new GatekeeperRefused(message, true);
    }
    await delay(POLL_MS);
  }
}

function textOf({ code, message, location }: { code?: string; message?: string; location?: string }): string {
  return [location, code, message].filter(Boolean).join(': ');
}
