import { keyOf, type LiveObject } from '#kube';

import { type RememberedWorkload } from '../lease/remembered-workload.js';
import { type Pass } from '../pass/pass.js';
import { isOvertaken, listWorkloads, tryWorkloads } from './workload-access.js';
import { suspensionOf } from './workload-suspension.js';

/** How often a workload that changes all the time is tried in one pass. */
const MOST_ATTEMPTS = 5;
/** Set and taken away again, to make a new resource version and change nothing. */
const FENCE = 'bulkhead.io/fence';

/**
 * Puts back what a suspension took down, and forgets it. Only the very objects (by uid) that were taken down and still
 * are; what is gone, or was brought up by somebody, is forgotten as it is.
 * @throws LeaseLost, StepFailed
 */
export async function resumeWorkloads(
  pass: Pass,
  workloads: readonly RememberedWorkload[],
  namespaces: readonly string[],
): Promise<void> {
  const { tenant, memory } = pass;
  let waiting = new Map(workloads.map((workload) => [workload.uid, workload]));
  for (let attempt = 1; waiting.size > 0; attempt += 1) {
    const overtaken = new Map<string, RememberedWorkload>();
    const standing = await standingOf(pass, waiting, namespaces);
    const gone = [...waiting.keys()].filter((uid) => !standing.some(({ object }) => object.metadata.uid === uid));
    await memory.forget(tenant, gone);
    await tryWorkloads(pass, 'resume', standing, async ({ object, workload }) => {
      try {
        await putBack(pass, object, workload);
        await memory.forget(tenant, [workload.uid]);
      } catch (error) {
        if (!isOvertaken(error) || attempt === MOST_ATTEMPTS) throw error;
        overtaken.set(workload.uid, workload);
      }
    });
    waiting = overtaken;
  }
}

/** The workloads that are still there, as they are now. */
async function standingOf(
  pass: Pass,
  waiting: ReadonlyMap<string, RememberedWorkload>,
  namespaces: readonly string[],
): Promise<{ object: LiveObject; workload: RememberedWorkload }[]> {
  const kinds = new Map([...waiting.values()].map(({ apiVersion, kind }) => [kind, { apiVersion, kind }]));
  const objects = await listWorkloads(pass, [...kinds.values()], namespaces);
  return objects.flatMap((object) => {
    const workload = waiting.get(object.metadata.uid);
    return workload === undefined ? [] : [{ object, workload }];
  });
}

/**
 * Every write demands the version that was read, so that nobody's change is lost. A workload that is up in the very
 * version that was remembered was never taken down, by a holder that died or was stopped on the way: a new version
 * makes sure that its write, should it still come, is refused.
 */
async function putBack(
  { kube }: Pass,
  object: LiveObject,
  { restore, resourceVersion }: RememberedWorkload,
): Promise<void> {
  const key = keyOf(object);
  const version = object.metadata.resourceVersion;
  if (suspensionOf(object) === null) {
    await kube.patch(key, { ...restore, metadata: { resourceVersion: version } });
  } else if (version === resourceVersion) {
    const fenceWith = (value: string | null): object => ({ annotations: { [FENCE]: value } });
    await kube.patch(key, { metadata: { ...fenceWith('true'), resourceVersion: version } });
    await kube.patch(key, { metadata: fenceWith(null) });
  }
}
