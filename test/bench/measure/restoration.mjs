import { bare, fingerprint } from './cluster.mjs';
import { damageOf } from './damages.mjs';

const keyOf = ({ kind, metadata }) => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

/** Detects when objects are restored: a watch of every kind, connected before the measurement. */
export class Restorations {
  #waiting = new Map();

  static async watch(cluster, kinds) {
    const seen = new Restorations();
    await Promise.all(kinds.map((kind) => cluster.watch(kind, ({ type, object }) => seen.#on(type, object))));
    return seen;
  }

  #on(type, object) {
    if (type === 'DELETED') return;
    const waiter = this.#waiting.get(keyOf(object));
    if (waiter && fingerprint(bare(object)) === waiter.wanted) waiter.restored(performance.now());
  }

  /**
   * Damages an object and waits until it is restored.
   * @returns {Promise<number>} milliseconds from the answer to the damage until the watch saw the object restored
   */
  async measure(cluster, object, how, timeoutMs) {
    const path = await cluster.pathOf(object);
    const live = { ...(await cluster.request('GET', path)), kind: object.kind, apiVersion: object.apiVersion };
    const key = keyOf(live);
    let timer;
    const restored = new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`${key} was not restored within ${timeoutMs / 1000} s`)), timeoutMs);
      this.#waiting.set(key, { wanted: fingerprint(bare(live)), restored: resolve });
    });
    restored.catch(() => {});
    try {
      if (how === 'delete') await cluster.request('DELETE', path);
      else await cluster.request('PATCH', path, { body: damageOf(object.kind), contentType: MERGE_PATCH });
      const damagedAt = performance.now();
      // An object can be restored before the answer to the damage has been read.
      return Math.max(0, (await restored) - damagedAt);
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(key);
    }
  }
}

const MERGE_PATCH = 'application/merge-patch+json';

/**
 * Restores objects without an engine: a watch of each kind, and a create or an apply when an object is deleted or
 * changed.
 * @param {object[]} objects the objects to keep
 */
export async function startRawHealer(cluster, objects, kinds, labelSelector) {
  const wanted = new Map();
  for (const object of objects) {
    const live = await cluster.request('GET', await cluster.pathOf(object));
    wanted.set(keyOf(object), { object, print: fingerprint(bare({ ...live, kind: object.kind })) });
  }
  const failed = { error: null };
  const heal = async (type, object) => {
    const entry = wanted.get(keyOf(object));
    if (!entry) return;
    const { apiVersion, kind, metadata } = entry.object;
    if (type === 'DELETED') {
      const { namespace } = metadata;
      const collection = await cluster.pathOf({ apiVersion, kind, metadata: { namespace } });
      // The cluster itself recreates "default", and may be faster.
      await cluster.request('POST', collection, { body: entry.object }).catch(() => cluster.apply(entry.object));
    } else if (fingerprint(bare({ ...object, kind })) !== entry.print) {
      // An apply would keep fields that somebody added.
      await cluster.request('PUT', await cluster.pathOf(entry.object), { body: entry.object });
    }
  };
  for (const kind of kinds) {
    const onEvent = ({ type, object }) =>
      void patiently(() => heal(type, object)).catch((error) => (failed.error ??= error));
    await cluster.watch(kind, onEvent, labelSelector);
  }
  return failed;
}

/** Tries a few times: a quota that was just deleted still counts, and one that was just created has no counts yet. */
async function patiently(work) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
