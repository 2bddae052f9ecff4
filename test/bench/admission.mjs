import { readFlags } from './measure/flags.mjs';
import { makePlainNamespace, podLatencies } from './measure/pod-admission.mjs';
import { untilQuiet } from './measure/processes.mjs';
import { prepare } from './measure/setting.mjs';
import { ms, quantile, round, until } from './measure/statistics.mjs';

const MEMBER = 'developer@bench.example';
const DURATIONS = 'apiserver_admission_controller_admission_duration_seconds';

/**
 * Measures how much admission adds to the creation of a pod: as a dry run in a tenant's namespace and, in turns, in one
 * without Bulkhead; as a controller of the cluster creates most pods, and as a member of the tenant, to whom every policy
 * applies. `pluginsMs` is what the API server itself measures, a request, over both namespaces.
 */
export default async function admission({ args, log, ...context }) {
  const { pods, plan } = readFlags(args, { pods: 1_000, plan: 'team' });
  const setting = await prepare(context, plan);
  const { bulkhead, cluster, run } = setting;
  const members = [{ kind: 'User', name: MEMBER, role: 'tenant-developer' }];
  const { namespaces } = await bulkhead.change('POST', '/v1/tenants', { slug: `bench-${run}`, plan, members });
  const [{ name: namespace }] = namespaces;
  const plain = `raw-${run}-plain`;
  await makePlainNamespace(cluster, plain);
  await letEdit(cluster, plain);
  await untilQuiet();

  const before = await pluginTimes(cluster);
  log(`${pods} pods by an administrator`);
  const byController = await podLatencies(cluster, { namespace, plain, count: pods });
  log(`${pods} pods by a member`);
  const byMember = await podLatencies(cluster, { namespace, plain, count: pods, user: MEMBER });
  const plugins = meansSince(before, await pluginTimes(cluster));
  await setting.close();
  return {
    bench: 'admission',
    pods,
    ...figures('pod', byController),
    ...figures('memberPod', byMember),
    pluginsMs: plugins,
  };
}

function figures(name, { tenant, plain }) {
  return {
    [`${name}P50Ms`]: ms(quantile(tenant, 0.5)),
    [`${name}P99Ms`]: ms(quantile(tenant, 0.99)),
    [`${name}PlainP50Ms`]: ms(quantile(plain, 0.5)),
    [`${name}PlainP99Ms`]: ms(quantile(plain, 0.99)),
  };
}

/** Gives the member the same rights in the namespace without Bulkhead. */
async function letEdit(cluster, namespace) {
  const apiGroup = 'rbac.authorization.k8s.io';
  await cluster.apply({
    apiVersion: `${apiGroup}/v1`,
    kind: 'RoleBinding',
    metadata: { name: 'bench', namespace },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'edit' },
    subjects: [{ apiGroup, kind: 'User', name: MEMBER }],
  });
  const mayList = () =>
    cluster.request('GET', `/api/v1/namespaces/${namespace}/pods`, { user: MEMBER }).then(
      () => true,
      () => false,
    );
  await until(mayList, { timeoutMs: 10_000, what: 'that the member may edit' });
}

/** Seconds and requests of each plug-in about creations, since the API server started. */
async function pluginTimes(cluster) {
  const text = await cluster.request('GET', '/metrics', { accept: 'text/plain' });
  const line = new RegExp(
    `^${DURATIONS}_(sum|count)\\{name="(\\w+AdmissionPolicy)",operation="CREATE"[^}]*\\} (\\S+)$`,
    'gm',
  );
  const times = new Map();
  for (const [, part, plugin, value] of text.matchAll(line)) {
    const known = times.get(plugin) ?? { sum: 0, count: 0 };
    times.set(plugin, { ...known, [part]: known[part] + Number(value) });
  }
  return times;
}

/** Milliseconds a request. */
function meansSince(before, after) {
  const means = [...after].map(([plugin, { sum, count }]) => {
    const old = before.get(plugin) ?? { sum: 0, count: 0 };
    return [plugin, round(((sum - old.sum) / (count - old.count)) * 1_000)];
  });
  return Object.fromEntries(means);
}
