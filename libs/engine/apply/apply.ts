import { changeOf, compare } from '#compare';
import {
  isAccessQuotaExceeded,
  isMergedByKey,
  isQuotaLag,
  keyOf,
  type KubeClient,
  type LiveObject,
  type ObjectKey,
  objectName,
} from '#kube';
import pMap from 'p-map';

import { type LeasedTenant } from '../lease/leased-tenant.js';
import { entryOf, isOwn, type Repair } from '../observe/examine.js';
import { refuseForeign } from '../observe/namespace-end.js';
import { type Pass } from '../pass/pass.js';
import { StepFailed } from '../pass/steps.js';
import { applyOrReplace } from './apply-or-replace.js';
import { withRaisedQuota } from './quota-headroom.js';
import { retryWhile } from './retry-while.js';

/** The part of an object that is needed to delete it. */
export interface Removable {
  apiVersion: string;
  kind: string;
  metadata: { namespace?: string; name: string; uid: string };
}

/** Concurrent requests of one pass. */
const IN_FLIGHT = 16;
/** Pauses while a quota is being counted, in milliseconds: 0.3 s together. Then the pass ends. */
const QUOTA_PAUSES_MS = [4, 8, 16, 32, 64, 128, 64];

/**
 * Applies one wave of repairs and reports each object that was written. Every object is tried, so that one bad object
 * does not hide another. Objects that do not fit because the tenant exceeds its share of the access quota are tried
 * again with the quota raised.
 * @throws StepFailed of the first object that failed, once all have ended
 */
export async function repairWave(pass: Pass, wave: readonly Repair[]): Promise<void> {
  const { kube, cache, tenant, steps, report } = pass;
  const repair = async (each: Repair): Promise<void> => {
    const { object } = each;
    const { apiVersion, kind } = object;
    await steps.run('apply', { object: objectName(keyOf(object)), kind }, async () => {
      const live = await retryWhile(kube, QUOTA_PAUSES_MS, isQuotaLag, () => write(kube, tenant, each));
      const [entry, version] = [entryOf(object, live), live.metadata.resourceVersion];
      if (entry.fingerprint !== null) cache.wrote(entry, live.metadata, entry.fingerprint);
      report({ applied: [entry], written: [{ apiVersion, kind, version }] });
    });
  };
  const outOfRoom: Repair[] = [];
  await tryAll(wave, async (each) => {
    try {
      await repair(each);
    } catch (error) {
      if (!(error instanceof StepFailed && isAccessQuotaExceeded(error.cause))) throw error;
      outOfRoom.push(each);
    }
  });
  const byNamespace = Map.groupBy(outOfRoom, ({ object }) => object.metadata.namespace ?? '');
  for (const [namespace, repairs] of byNamespace) {
    await withRaisedQuota(kube, namespace, repairs.length, () => tryAll(repairs, repair));
  }
}

/** Writes one object in as few requests as possible, and returns it as it is afterwards. */
async function write(kube: KubeClient, tenant: LeasedTenant, repair: Repair): Promise<LiveObject> {
  const { object, removal } = repair;
  const key = keyOf(object);
  if (repair.write === 'trim' && removal !== null) return kube.removeFields(key, removal);
  // The cluster itself creates "default" in every namespace: creating it would be a race.
  if (repair.write === 'create' && !(object.kind === 'ServiceAccount' && object.metadata.name === 'default')) {
    const created = await kube.create(object);
    if (created !== null) return created;
    // The name is taken: by a pass that died, by another client, or by our own object without its label.
    if (object.kind === 'Namespace') await refuseOthers(kube, tenant, key);
  }
  const written = (await changeOwn(kube, tenant, repair)) ?? (await applyOrReplace(kube, object));
  // An apply keeps fields that others added, and those of an earlier create or change; a change keeps all it omits.
  const rest = compare(object, written).removal;
  return rest === null ? written : kube.removeFields(key, rest);
}

/**
 * Changes an object that Bulkhead made, which costs the API server less than an apply.
 * @returns null if it has to be applied: if Bulkhead does not own the object yet or it was replaced, because only an
 *   apply takes over fields that are as rendered; if it is gone; and if the API server takes a map in it as one value,
 *   because a change adds keys to a map before it removes others, and a selector with keys of both selects too little.
 */
async function changeOwn(kube: KubeClient, tenant: LeasedTenant, repair: Repair): Promise<LiveObject | null> {
  const { object, removal } = repair;
  if (repair.write !== 'apply' || !isMergedByKey(object.kind)) return null;
  const key = keyOf(object);
  const name = objectName(key);
  const made = tenant.inventory.find((entry) => objectName(entry) === name);
  if (made === undefined || (repair.live !== undefined && repair.live?.metadata.uid !== made.uid)) return null;
  const changed = await kube.change(key, changeOf(object, removal));
  return changed?.metadata.uid === made.uid ? changed : null;
}

/** @throws PassFailed if the namespace belongs to someone else. */
async function refuseOthers(kube: KubeClient, tenant: LeasedTenant, key: ObjectKey): Promise<void> {
  const live = await kube.get(key);
  if (live !== null && !isOwn(tenant, live)) refuseForeign([live]);
}

/**
 * Deletes objects, each only if it is still the one that was seen (by uid).
 * @throws LeaseLost; StepFailed as `repairWave`
 */
export async function removeObjects(
  { kube, keeper, steps }: Pick<Pass, 'kube' | 'keeper' | 'steps'>,
  objects: readonly Removable[],
): Promise<void> {
  keeper.assertHeld();
  await tryAll(objects, async (object) => {
    const key = keyOf(object);
    const target = { object: objectName(key), kind: object.kind };
    await steps.run('prune', target, () => kube.delete(key, object.metadata.uid));
  });
}

/**
 * Works on every item, a bounded number at a time, even if some fail.
 * @throws StepFailed of the first that failed, once all have ended; any other error at once
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
