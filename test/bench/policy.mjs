import { readFlags } from './measure/flags.mjs';
import { makePlainNamespace, podLatencies } from './measure/pod-admission.mjs';
import { memory, untilQuiet } from './measure/processes.mjs';
import { prepare } from './measure/setting.mjs';
import { ms, quantile } from './measure/statistics.mjs';

const POLL_MS = 10;
const match = [{ apiGroups: [''], resources: ['configmaps'], operations: ['CREATE'] }];
const validations = [
  { expression: "!(object.metadata.name in variables.parameters.names.split(','))", message: 'Blocked.' },
];

/**
 * Measures how fast a guardrail takes effect for all tenants: from sending `POST /v1/policies` (and `PUT`, with other
 * parameters, and with another mode) until the API server refuses the forbidden object in each of a sample of tenants.
 * It also measures how much admission adds to the creation of a pod: as a dry run in a tenant's namespace, and in one
 * without Bulkhead.
 */
export default async function policy({ args, log, ...context }) {
  const flags = readFlags(args, { tenants: 1_000, samples: 10, watched: 20, pods: 400, plan: 'team' });
  const setting = await prepare(context, flags.plan);
  const { bulkhead, cluster, run } = setting;
  log(`provisioning ${flags.tenants} tenants`);
  const { tenants } = await bulkhead.provision(`bench-${run}`, flags.tenants, 32, flags.plan);
  const step = Math.max(1, Math.floor(tenants.length / flags.watched));
  const watched = tenants.filter((_, index) => index % step === 0).map(({ namespaces }) => namespaces[0].name);
  await untilQuiet();

  const [created, parameters, modes] = [[], [], []];
  for (let sample = 0; sample < flags.samples; sample++) {
    const [id, first, second] = ['policy', 'first', 'second'].map((word) => `${word}-${run}-${sample}`);
    const body = (name, mode = 'enforce') => ({
      target: { all: true },
      mode,
      rule: { cel: { match, validations } },
      parameters: { names: [name] },
    });
    const put = (content) => bulkhead.accept('PUT', `/v1/policies/${id}`, content);
    const post = () => bulkhead.accept('POST', '/v1/policies', { id, ...body(first) });
    created.push(await untilRefused(cluster, watched, first, post));
    parameters.push(await untilRefused(cluster, watched, second, () => put(body(second))));
    await put(body(second, 'warn'));
    await bulkhead.expect('GET', `/v1/policies/${id}?wait=60`);
    modes.push(await untilRefused(cluster, watched, second, () => put(body(second))));
    await bulkhead.accept('DELETE', `/v1/policies/${id}`);
    // Its removal must not overlap the next sample.
    while ((await bulkhead.send('GET', `/v1/policies/${id}`)).status !== 404) await pause();
  }
  const plain = `raw-${run}-plain`;
  await makePlainNamespace(cluster, plain);
  const pods = await podLatencies(cluster, { namespace: watched[0], plain, count: flags.pods });
  await setting.close();
  return {
    bench: 'policy',
    tenants: tenants.length + 1,
    watched: watched.length,
    samples: created.length,
    ...inForce('created', created),
    ...inForce('parameters', parameters),
    ...inForce('mode', modes),
    podP50Ms: ms(quantile(pods.tenant, 0.5)),
    podP99Ms: ms(quantile(pods.tenant, 0.99)),
    plainPodP50Ms: ms(quantile(pods.plain, 0.5)),
    plainPodP99Ms: ms(quantile(pods.plain, 0.99)),
    rssMb: memory('worker').rssMb,
  };
}

function inForce(what, times) {
  return { [`${what}P50Ms`]: ms(quantile(times, 0.5)), [`${what}MaxMs`]: ms(quantile(times, 1)) };
}

const pause = () => new Promise((resolve) => setTimeout(resolve, POLL_MS));

/** Measures the time from the call until the name is refused in all of the namespaces. */
async function untilRefused(cluster, namespaces, name, call) {
  const started = performance.now();
  await call();
  await Promise.all(
    namespaces.map(async (namespace) => {
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } };
      while (await isAdmitted(cluster, object)) await pause();
    }),
  );
  return performance.now() - started;
}

async function isAdmitted(cluster, object) {
  try {
    await tryCreate(cluster, 'configmaps', object);
    return true;
  } catch (error) {
    if (error.status === 403) return false;
    throw error;
  }
}

function tryCreate(cluster, plural, body) {
  const path = `/api/v1/namespaces/${body.metadata.namespace}/${plural}?dryRun=All`;
  return cluster.request('POST', path, { body });
}
