import { fingerprint } from './cluster.mjs';
import { untilQuiet } from './processes.mjs';
import { RawTenants } from './raw-tenant.mjs';
import { timed } from './statistics.mjs';

/**
 * Creates a plan for this run with two versions that differ in one number of the quota, and the template tenant on it,
 * with the objects that the raw loop has to apply to bring its own tenants from one version to the other.
 */
export async function twoPlanVersions(setting, plan) {
  const { bulkhead, cluster, run } = setting;
  const { id, spec } = await bulkhead.copyPlan(plan);
  const quota = { ...spec.quota, pods: spec.quota.pods + 1 };
  await bulkhead.expect('POST', `/v1/plans/${id}/versions`, { spec: { ...spec, quota } });
  const slug = `bench-${run}-versions`;
  const tenant = await bulkhead.change('POST', '/v1/tenants', { slug, plan: { id, version: 1 } });
  const atVersion = [await RawTenants.from(bulkhead, cluster, tenant)];
  await bulkhead.change('PATCH', `/v1/tenants/${tenant.id}`, { plan: { id, version: 2 } });
  atVersion.push(await RawTenants.from(bulkhead, cluster, tenant));
  return { id, tenant, raw: new RawPropagation(cluster, atVersion) };
}

/** The raw loop of a change: the objects that differ between two versions, applied for every tenant. */
class RawPropagation {
  constructor(cluster, [first, second]) {
    this.cluster = cluster;
    this.first = first;
    this.second = second;
    this.objectCount = this.#changed('a', first, second).length;
  }

  /** Creates raw tenants `<prefix>-0` … at the first version. */
  async prepare(prefix, count) {
    await timed(count, 16, (number) => this.first.apply(`${prefix}-${number}`));
    await untilQuiet();
  }

  /**
   * Brings every raw tenant to a version.
   * @param {1 | 2} version
   * @param {boolean} quotaOnly whether to apply only the quota
   */
  async run(prefix, count, version, quotaOnly) {
    const [from, to] = version === 2 ? [this.first, this.second] : [this.second, this.first];
    return timed(count, 64, async (number) => {
      const changed = this.#changed(`${prefix}-${number}`, from, to);
      const chosen = quotaOnly ? changed.filter(({ kind }) => kind === 'ResourceQuota') : changed;
      await Promise.all(chosen.map((object) => this.cluster.apply(object)));
    });
  }

  #changed(slug, from, to) {
    const before = new Set(from.objects(slug).map(fingerprint));
    return to.objects(slug).filter((object) => !before.has(fingerprint(object)));
  }
}
