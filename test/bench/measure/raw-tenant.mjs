import { bare } from './cluster.mjs';
import { pause } from './statistics.mjs';

/** Returns the objects of a tenant in the cluster, without the fields that the cluster added. */
export async function liveObjectsOf(bulkhead, cluster, { id }) {
  const { items } = await bulkhead.expect('GET', `/v1/tenants/${id}/objects`);
  return Promise.all(
    items.map(async ({ apiVersion, kind, namespace, name }) => {
      const metadata = { name, namespace: namespace ?? undefined };
      return bare(await cluster.request('GET', await cluster.pathOf({ apiVersion, kind, metadata })));
    }),
  );
}

/**
 * The objects of a tenant in the cluster, as a template for the raw loop: the same objects under other names. Labels
 * are replaced by others of the same length, so that Bulkhead assigns the objects to no tenant.
 */
export class RawTenants {
  #text;
  #slug;
  /** Apply requests that the API server refused until its quota had been counted once. They were repeated. */
  refused = 0;

  /** @param {{ slug: string, id: string }} tenant a provisioned tenant whose slug is found in no other text */
  static async from(bulkhead, cluster, tenant) {
    return new RawTenants(cluster, tenant, await liveObjectsOf(bulkhead, cluster, tenant));
  }

  constructor(cluster, { slug, id }, live) {
    this.cluster = cluster;
    this.objectCount = live.length;
    this.kinds = [...new Map(live.map(({ apiVersion, kind }) => [kind, { apiVersion, kind }])).values()];
    this.#slug = slug;
    this.#text = JSON.stringify(live)
      .replaceAll('"bulkhead.io/', '"raw-loop.io/')
      .replaceAll('"app.kubernetes.io/managed-by":"bulkhead"', '"app.kubernetes.io/managed-by":"raw-loop"')
      .replaceAll(id, `raw-${id}`.slice(0, id.length));
  }

  /** Returns the objects under another slug; namespaces first. */
  objects(slug) {
    const objects = JSON.parse(this.#text.replaceAll(this.#slug, slug));
    return objects.sort((a, b) => (a.kind === 'Namespace' ? 0 : 1) - (b.kind === 'Namespace' ? 0 : 1));
  }

  /** Runs the raw loop for one tenant: its namespaces, then everything else at once. */
  async apply(slug) {
    const objects = this.objects(slug);
    const isNamespace = ({ kind }) => kind === 'Namespace';
    await Promise.all(objects.filter(isNamespace).map((object) => this.cluster.apply(object)));
    await Promise.all(objects.filter((object) => !isNamespace(object)).map((object) => this.#applyCounted(object)));
  }

  async #applyCounted(object) {
    for (;;) {
      try {
        return await this.cluster.apply(object);
      } catch (error) {
        if (error.status !== 403 || !error.message.includes('status unknown for quota')) throw error;
        this.refused += 1;
        await pause(2);
      }
    }
  }
}
