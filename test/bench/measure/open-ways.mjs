/** Watches which NetworkPolicies open something, by namespace. */
export class OpenWays {
  #open = new Map();
  #waiters = new Set();

  static async watch(cluster) {
    const ways = new OpenWays();
    const kind = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' };
    await cluster.watch(kind, ({ type, object }) => ways.#on(type, object));
    return ways;
  }

  /** A policy without rules only closes. */
  static opens({ spec }) {
    return (spec.ingress ?? []).length > 0 || (spec.egress ?? []).length > 0;
  }

  isOpen(namespace) {
    return (this.#open.get(namespace)?.size ?? 0) > 0;
  }

  /**
   * Calls `close`, and waits until nothing is open in the namespaces.
   * @returns {Promise<number>} milliseconds from the start of `close`
   */
  async closed(namespaces, timeoutMs, close) {
    if (!namespaces.some((name) => this.isOpen(name))) throw new Error(`nothing is open in ${namespaces.join(', ')}`);
    let waiter, timer;
    const seen = new Promise((resolve, reject) => {
      waiter = () => namespaces.every((name) => !this.isOpen(name)) && resolve(performance.now());
      const late = new Error(`${namespaces.join(', ')} still open after ${timeoutMs / 1000} s`);
      timer = setTimeout(() => reject(late), timeoutMs);
    });
    seen.catch(() => {});
    this.#waiters.add(waiter);
    try {
      const startedAt = performance.now();
      await close();
      return (await seen) - startedAt;
    } finally {
      clearTimeout(timer);
      this.#waiters.delete(waiter);
    }
  }

  #on(type, object) {
    const { namespace, name } = object.metadata;
    const open = this.#open.get(namespace) ?? new Set();
    this.#open.set(namespace, open);
    if (type !== 'DELETED' && OpenWays.opens(object)) open.add(name);
    else open.delete(name);
    for (const waiter of this.#waiters) waiter();
  }
}
