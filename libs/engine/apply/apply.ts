import { compare } from '#compare';
import { isOutOfRoom, isQuotaLag, keyOf, type KubeClient, type LiveObject, type ObjectKey, objectName } from '#kube';
import pMap from 'p-map';

import { type LeasedTenant } from '../lease/leased-tenant.js';
import { entryOf, isOwn, type Repair } from '../observe/examine.js';
import { refuseForeign } from '../observe/namespace-end.js';
import { type PassResult } from '../pass/pass-result.js';
import { type Pass } from '../pass/pass.js';
import { StepFailed, type StepLog } from '../pass/steps.js';
import { withPatience } from './patience.js';
import { withOwnRoom } from './quota-headroom.js';

/** What has to be known of an object to delete it. */
export interface Removable {
  apiVersion: string;
  kind: string;
  metadata: { namespace?: string; name: string; uid: string };
}

/** Requests of one pass that are under way at the same time. */
const IN_FLIGHT = 16;
/** How long a quota is given to count before the pass ends, in milliseconds: 0.3 s together. */
const QUOTA_PAUSES_MS = [4, 8, 16, 32, 64, 128, 64];

/**
 * Puts one wave of objects right. Every object is tried, so that one bad object does not hide another. What a tenant that
 * has more than its share leaves no room for is given some.
 * @param result receives what was written.
 * @throws StepFailed of the first object that failed, once all have ended.
 */
export async function repairWave(
  kube: KubeClient,
  tenant: LeasedTenant,
  wave: readonly Repair[],
  result: PassResult,
): Promise<void> {
  const repair = async (each: Repair): Promise<void> => {
    const { object } = each;
    await result.steps.run('apply', { object: objectName(keyOf(object)), kind: object.kind }, async () => {
      const live = await withPatience(QUOTA_PAUSES_MS, isQuotaLag, () => write(kube, tenant, each));
      result.applied.push(entryOf(object, live));
      result.written.push({ apiVersion: object.apiVersion, kind: object.kind, version: live.metadata.resourceVersion });
    });
  };
  const outOfRoom: Repair[] = [];
  await tryAll(wave, async (each) => {
    try {
      await repair(each);
    } catch (error) {
      if (!(error instanceof StepFailed && isOutOfRoom(error.cause))) throw error;
      outOfRoom.push(each);
    }
  });
  const places = Map.groupBy(outOfRoom, ({ object }) => object.metadata.namespace ?? '');
  for (const [namespace, repairs] of places) {
    await withOwnRoom(kube, namespace, repairs.length, () => tryAll(repairs, repair));
  }
}

/** Writes one object in as few requests as can be, and answers with it as it is then. */
async function write(kube: KubeClient, tenant: LeasedTenant, repair: Repair): Promise<LiveObject> {
  const { object, removal } = repair;
  const key = keyOf(object);
  if (repair.write === 'trim' && removal !== null) return kube.removeFields(key, removal);
  // The cluster makes "default" by itself in every namespace: creating it would be a race.
  if (repair.write === 'create' && !(object.kind === 'ServiceAccount' && object.metadata.name === 'default')) {
    const created = await kube.create(object);
    if (created !== null) return created;
    // Something of the name stands there: from a pass that died, from somebody else, or without its label.
    if (object.kind === 'Namespace') await refuseOthers(kube, tenant, key);
  }
  const applied = await kube.apply(object);
  // An apply leaves alone what others added, and what a plain create once wrote.
  const rest = compare(object, applied).removal;
  return rest === null ? applied : kube.removeFields(key, rest);
}

/** @throws PassFailed when the namespace is somebody else's. */
async function refuseOthers(kube: KubeClient, tenant: LeasedTenant, key: ObjectKey): Promise<void> {
  const live = await kube.get(key);
  if (live !== null && !isOwn(tenant, live)) refuseForeign([live]);
}

/**
 * Deletes objects, each only while it still is the one that was seen.
 * @throws StepFailed as `repairWave`
 */
export async function prune(kube: KubeClient, objects: readonly Removable[], log: StepLog): Promise<void> {
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

/**
 * Deletes objects.
 * @throws LeaseLost, StepFailed
 */
export async function removeObjects({ kube, keeper, result }: Pass, objects: readonly Removable[]): Promise<void> {
  keeper.assertHeld();
  await prune(kube, objects, result.steps);
}
