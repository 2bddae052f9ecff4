import { Bulkhead } from './bulkhead.mjs';
import { Cluster } from './cluster.mjs';
import { untilQuiet } from './processes.mjs';
import { RawTenants } from './raw-tenant.mjs';
import { WorkerRequests } from './worker-requests.mjs';

/**
 * Prepares every bench: clients of both APIs, the counter of the worker's requests, and one tenant, which is the
 * template of the raw loop. Provisioning it also makes the worker prepare the cluster, so that no measurement includes
 * that.
 * @param {{ apiUrl: string, adminApiKey: string, kubeconfig: string }} context
 * @param {string} plan
 */
export async function prepare(context, plan) {
  const bulkhead = new Bulkhead(context);
  const cluster = new Cluster(context.kubeconfig);
  const requests = await WorkerRequests.count(cluster);
  const slug = `bench-${bulkhead.run}-reference`;
  const reference = await bulkhead.change('POST', '/v1/tenants', { slug, plan });
  const raw = await RawTenants.from(bulkhead, cluster, reference);
  await raw.apply(`raw-${bulkhead.run}-warm`);
  await untilQuiet();
  const close = async () => {
    await bulkhead.close();
    await cluster.close();
  };
  return { bulkhead, cluster, requests, reference, raw, run: bulkhead.run, close };
}
