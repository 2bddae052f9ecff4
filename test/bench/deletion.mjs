import { readFlags } from './measure/flags.mjs';
import { cpu, cpuInAll, cpuInAllSince, cpuSince, memory, untilQuiet } from './measure/processes.mjs';
import { prepare } from './measure/setting.mjs';
import { median, ms, quantile, round, timed, until } from './measure/statistics.mjs';

/** A mass deletion is mostly the namespace controller, so it has to work as it does elsewhere. */
export const controllerLimits = 'default';

const SENT_TOGETHER = 32;
const TIMEOUT_MS = 900_000;

/**
 * Measures the deletion of many tenants at once, from `DELETE /v1/tenants/{id}?retention=0` until all operations have
 * succeeded, compared with the raw loop: as many bare namespaces with the same contents, deleted until they are gone.
 */
export default async function deletion({ args, log, ...context }) {
  const { tenants: count, rounds, plan } = readFlags(args, { tenants: 200, rounds: 3, plan: 'team' });
  const setting = await prepare(context, plan);
  const { bulkhead, cluster, raw, run } = setting;
  const gone = await watchNamespaces(cluster);
  const [ours, theirs] = [[], []];
  for (let number = 0; number < rounds; number++) {
    log(`round ${number + 1}: creating ${count} tenants, and as many in the raw loop`);
    const { tenants } = await bulkhead.provision(`bench-${run}-r${number}`, count, 32, plan);
    await timed(count, 16, (each) => raw.apply(`raw-${run}-r${number}-${each}`));
    // Quotas are counted for a while.
    await untilQuiet({ timeoutMs: 300_000 });
    const names = Array.from({ length: count }, (_, each) => namespacesOf(raw, `raw-${run}-r${number}-${each}`));
    theirs.push(await measured(setting, count, () => rawRound(cluster, names.flat(), gone)));
    ours.push(await measured(setting, count, () => ourRound(bulkhead, tenants)));
    log(
      `${ms(ours[number].seconds)} s, raw ${ms(theirs[number].seconds)} s, ${round(ours[number].lists)} lists a tenant`,
    );
  }
  await setting.close();
  const middle = (results, figure) => round(median(results.map(figure)));
  return {
    bench: 'deletion',
    tenants: count,
    rounds,
    namespacesPerTenant: namespacesOf(raw, 'any').length,
    objectsPerTenant: raw.objectCount,
    tenantsPerSecond: middle(ours, ({ seconds }) => count / seconds),
    rawTenantsPerSecond: middle(theirs, ({ seconds }) => count / seconds),
    ratioToRaw: round(median(theirs.map(({ seconds }) => seconds)) / median(ours.map(({ seconds }) => seconds))),
    p50Ms: ms(
      quantile(
        ours.flatMap(({ durations }) => durations),
        0.5,
      ),
    ),
    p99Ms: ms(
      quantile(
        ours.flatMap(({ durations }) => durations),
        0.99,
      ),
    ),
    apiLists: middle(ours, ({ lists }) => lists),
    apiReads: middle(ours, ({ reads }) => reads),
    apiWrites: middle(ours, ({ writes }) => writes),
    allLists: middle(ours, ({ allLists }) => allLists),
    rawAllLists: middle(theirs, ({ allLists }) => allLists),
    cpuMsPerTenant: ours.at(-1).cpu,
    rawCpuMsPerTenant: theirs.at(-1).cpu,
    ...cpuInAll(ours, theirs),
    inAllCpuRatios: ours.map((each, index) => round(each.cpuInAll / theirs[index].cpuInAll)),
    rssMb: memory('worker').rssMb,
  };
}

function namespacesOf(raw, slug) {
  return raw
    .objects(slug)
    .filter(({ kind }) => kind === 'Namespace')
    .map(({ metadata }) => metadata.name);
}

/** Returns the names of all namespaces that are gone since; grows. */
async function watchNamespaces(cluster) {
  const gone = new Set();
  await cluster.watch({ apiVersion: 'v1', kind: 'Namespace' }, ({ type, object }) => {
    if (type === 'DELETED') gone.add(object.metadata.name);
  });
  return gone;
}

/** Runs a round, and adds per tenant: lists by everybody and requests of the worker, and processor time. */
async function measured({ cluster, requests }, count, work) {
  const lists = () => cluster.metric('apiserver_request_total', 'verb="LIST"');
  const [before, requestsBefore, listsBefore] = [cpu(), await requests.soFar(), await lists()];
  const startedAt = performance.now();
  const durations = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  const used = cpuSince(before, count);
  const [spent, allLists] = [await requests.since(requestsBefore), (await lists()) - listsBefore];
  const each = Object.fromEntries(Object.entries(spent).map(([name, number]) => [name, number / count]));
  const inAll = await cpuInAllSince(before, count);
  return { ...each, seconds, durations, allLists: allLists / count, cpu: used, cpuInAll: inAll };
}

async function ourRound(bulkhead, tenants) {
  const durations = [];
  const ends = [];
  await timed(tenants.length, SENT_TOGETHER, async (number) => {
    const sentAt = performance.now();
    const { location } = await bulkhead.accept('DELETE', `/v1/tenants/${tenants[number].id}?retention=0`);
    ends.push(bulkhead.finish(location).then(() => durations.push(performance.now() - sentAt)));
  });
  await Promise.all(ends);
  return durations;
}

async function rawRound(cluster, names, gone) {
  await timed(names.length, SENT_TOGETHER, (number) =>
    cluster.request('DELETE', `/api/v1/namespaces/${names[number]}`),
  );
  const all = () => names.every((name) => gone.has(name));
  await until(all, { timeoutMs: TIMEOUT_MS, what: 'the end of all namespaces', intervalMs: 100 });
  return [];
}
