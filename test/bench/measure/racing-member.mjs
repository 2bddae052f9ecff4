import { pause } from './statistics.mjs';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const ROLE = 'bulkhead-tenant-admin';

/**
 * A member who resists: loops that give themselves access to a namespace, use it, and take the trace away, as fast as the
 * API server answers.
 */
export class RacingMember {
  /** When something last succeeded (performance.now()); null: nothing has. */
  lastSuccess = null;
  /** Requests that succeeded. */
  successes = 0;
  #running = true;
  #loops;

  constructor(cluster, { namespace, user, loops }) {
    Object.assign(this, { cluster, namespace, user });
    this.#loops = Array.from({ length: loops }, (_, number) => this.#loop(number));
  }

  /** Ends the loops; returns whether the member can still read anything. */
  async stop() {
    this.#running = false;
    await Promise.all(this.#loops);
    return this.#tries('GET', `/api/v1/namespaces/${this.namespace}/secrets`);
  }

  async #loop(number) {
    const bindings = `${RBAC}/namespaces/${this.namespace}/rolebindings`;
    const apiGroup = 'rbac.authorization.k8s.io';
    for (let round = 0; this.#running; round++) {
      const name = `racing-${number}-${round}`;
      const body = {
        metadata: { name },
        roleRef: { apiGroup, kind: 'ClusterRole', name: ROLE },
        subjects: [{ apiGroup, kind: 'User', name: this.user }],
      };
      const made = await this.#tries('POST', bindings, body);
      const read = await this.#tries('GET', `/api/v1/namespaces/${this.namespace}/secrets`);
      // The bindings of the other loops stand meanwhile.
      if (made) await this.#tries('DELETE', `${bindings}/${name}`);
      // Nothing to gain from asking an API server that refuses everything even faster.
      if (!made && !read) await pause(5);
    }
  }

  async #tries(method, path, body) {
    try {
      await this.cluster.request(method, path, { body, user: this.user });
    } catch (error) {
      if (error.status === undefined) throw error;
      return false;
    }
    this.lastSuccess = performance.now();
    this.successes += 1;
    return true;
  }
}
