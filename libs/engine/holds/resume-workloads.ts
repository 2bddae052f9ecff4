import { isRoleNotGrantable, keyOf, type LiveObject } from '#kube';

import { type RememberedWorkload } from '../lease/remembered-workload.js';
import { type Pass } from '../pass/pass.js';
import { isOvertaken, listWorkloads, tryWorkloads } from './workload-access.js';
import { suspensionOf } from './workload-suspension.js';

/** Attempts in one pass at a workload that keeps changing. */
const MOST_ATTEMPTS = 5;
/** Set and removed again, to produce a new resource version without a change. */
const FENCE = 'bulkhead.io/fence';

/**
 * Restores suspended workloads, and forgets them. Only the very objects (by uid) that were suspended and still are;
 * workloads that are gone, or that something else restarted, are forgotten as they are.
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
    const existing = await existingOf(pass, waiting, namespaces);
    const gone = [...waiting.keys()].filter((uid) => !existing.some(({ object }) => object.metadata.uid === uid));
    await memory.forget(tenant, gone);
    await tryWorkloads(pass, 'resume', existing, async ({ object, workload }) => {
      try {
        await restoreOne(pass, object, workload);
        await memory.forget(tenant, [workload.uid]);
      } catch (error) {
        if (isRoleNotGrantable(error)) {
          // A binding of an administrator was never withdrawn. Any other stays remembered, and is tried again.
          if (suspensionOf(object) !== null) await memory.forget(tenant, [workload.uid]);
          return;
        }
        if (!isOvertaken(error) || attempt === MOST_ATTEMPTS) throw error;
        overtaken.set(workload.uid, workload);
      }
    });
    waiting = overtaken;
  }
}

/** The workloads that still exist, as they are now. */
async function existingOf(
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
 * Every write demands the version that was read, so that no other change is lost. A workload that runs in the very
 * version that was remembered was never suspended: the holder of the lease died on the way. A new version ensures that
 * its write is refused, should it still arrive.
 */
async function restoreOne(
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
