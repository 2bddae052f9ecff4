import { type KubeClient, type LiveObject, objectName } from '#kube';
import pMap from 'p-map';

import { hashOf, keyOf, type Repair } from './difference.js';
import { type InventoryEntry } from './lease.js';
import { StepFailed, type StepLog } from './steps.js';

/** Requests of one pass that are under way at the same time. */
const IN_FLIGHT = 16;

/**
 * Puts one wave of objects right. Every object is tried, so that one bad object does not hide another.
 * @param applied receives what was applied.
 * @throws StepFailed of the first object that failed, once all have ended.
 */
export async function repairWave(
  kube: KubeClient,
  wave: readonly Repair[],
  log: StepLog,
  applied: InventoryEntry[],
): Promise<void> {
  await tryAll(wave, async ({ object, apply, removal }) => {
    const key = keyOf(object);
    await log.run('apply', { object: objectName(key), kind: object.kind }, async () => {
      if (apply) {
        const live = await kube.apply(object);
        applied.push({ ...key, uid: live.metadata.uid, renderedHash: hashOf(object) });
      }
      if (removal !== null) await kube.removeFields(key, removal);
    });
  });
}

/**
 * Deletes objects, each only while it still is the one that was seen.
 * @throws StepFailed as `repairWave`
 */
export async function prune(kube: KubeClient, objects: readonly LiveObject[], log: StepLog): Promise<void> {
  await tryAll(objects, async (object) => {
    const key = keyOf(object);
    const target = { object: objectName(key), kind: object.kind };
    await log.run('prune', target, () => kube.delete(key, object.metadata.uid));
  });
}

/**
 * Works on every item, a bounded number at a time, even when some fail.
 * @throws StepFailed of the first that failed, once all have ended; any other error at once.
 */
export async function tryAll<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
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
