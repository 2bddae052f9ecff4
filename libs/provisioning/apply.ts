import { type KubernetesObject } from '#isolation';
import { type KubeClient, type LiveObject, objectName } from '#kube';
import pMap from 'p-map';

import { hashOf, keyOf } from './difference.js';
import { type InventoryEntry } from './lease.js';
import { StepFailed, type StepLog } from './steps.js';

/** Requests of one pass that are under way at the same time. */
const IN_FLIGHT = 16;

/**
 * Applies one wave. Every object is tried, so that one bad object does not hide another.
 * @returns what was applied.
 * @throws StepFailed of the first object that failed, once all have ended; `applied` has the others.
 */
export async function applyWave(
  kube: KubeClient,
  wave: readonly KubernetesObject[],
  log: StepLog,
  applied: InventoryEntry[],
): Promise<void> {
  await tryAll(wave, async (object) => {
    const key = keyOf(object);
    const target = { object: objectName(key), kind: object.kind };
    const live = await log.run('apply', target, () => kube.apply(object));
    applied.push({ ...key, uid: live.metadata.uid, renderedHash: hashOf(object) });
  });
}

/**
 * Deletes objects, each only while it still is the one that was seen.
 * @throws StepFailed as `applyWave`
 */
export async function prune(kube: KubeClient, objects: readonly LiveObject[], log: StepLog): Promise<void> {
  await tryAll(objects, async (object) => {
    const key = keyOf(object);
    const target = { object: objectName(key), kind: object.kind };
    await log.run('prune', target, () => kube.delete(key, object.metadata.uid));
  });
}

async function tryAll<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const failures: StepFailed[] = [];
  await pMap(
    items,
    async (item) => {
      try {
        await work(item);
      } catch (error) {
        if (!(error instanceof StepFailed)) throw error;
        failures.push(error);
      }
    },
    { concurrency: IN_FLIGHT },
  );
  const [first] = failures;
  if (first !== undefined) throw first;
}
