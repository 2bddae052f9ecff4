import { bare, fingerprint } from './cluster.mjs';
import { damageOf } from './damages.mjs';

const keyOf = ({ kind, metadata }) => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

/** Sees objects come back: a watch of every kind, connected before anything is measured. */
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
   * Damages an object and waits until it is again as it was.
   * @returns {Promise<number>} milliseconds from the answer to the damage until the watch saw the object restored
   */
  async measure(cluster, object, how, timeoutMs) {
    const path = await cluster.pathOf(object);
    const live = { ...(await cluster.request('GET', path)), kind: object.kind, apiVersion: object.apiVersion };
    const key = keyOf(live);
    let timer;
    const restored = new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`nobody restored ${key} within ${timeoutMs / 1000} s`)), timeoutMs);
      this.#waiting.set(key, { wanted: fingerprint(bare(live)), restored: resolve });
    });
    restored.catch(() => {});
    try {
      if (how === 'delete') await cluster.request('DELETE', path);
      else await cluster.request('PATCH', path, { body: damageOf(object.kind), contentType: MERGE_PATCH });
      const damagedAt = performance.now();
      // A healer can be faster than the answer to the damage is read.
      return Math.max(0, (await restored) - damagedAt);
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(key);
    }
  }
}

const MERGE_PATCH = 'application/merge-patch+json';

/**
 * The bare healer: a watch of each kind, and a create or an apply when an object goes or differs.
 * @param {object[]} objects what it keeps as it is
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
      // The cluster itself makes "default" again, and may be faster.
      await cluster.request('POST', collection, { body: entry.object }).catch(() => cluster.apply(entry.object));
    } else if (fingerprint(bare({ ...object, kind })) !== entry.print) {
      // An apply would leave what somebody added.
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

/** Tries a few times: a quota that was just deleted still counts, and one that was just made counts nothing yet. */
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
