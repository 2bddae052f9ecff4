import { readFlags } from './measure/flags.mjs';
import { twoPlanVersions } from './measure/plan-versions.mjs';
import {
  cpu,
  cpuAtRestSince,
  cpuInAll,
  cpuInAllSince,
  cpuSince,
  memory,
  sumOf,
  untilQuiet,
} from './measure/processes.mjs';
import { prepare } from './measure/setting.mjs';
import { median, ms, quantile, round, timed } from './measure/statistics.mjs';

/**
 * Measures how fast a new version of a plan, with another number in its quota, reaches many tenants when each is
 * changed by its own `PATCH`. The raw loop, for comparison, applies the objects that this changes, and in a second
 * measurement only the quota.
 */
export default async function propagate({ args, log, ...context }) {
  const flags = readFlags(args, { tenants: 500, rounds: 4, concurrency: 64, plan: 'team' });
  const { tenants: count, rounds, concurrency, plan } = flags;
  const setting = await prepare(context, plan);
  const { bulkhead, requests, run } = setting;
  const { id, raw } = await twoPlanVersions(setting, plan);
  log(`provisioning ${count} tenants, and as many in the raw loop`);
  const { tenants } = await bulkhead.provision(`bench-${run}`, count, 32, { id, version: 1 });
  await raw.prepare(`raw-${run}`, count);

  const results = { ours: [], raw: [], quota: [], writes: [], reads: [] };
  for (let number = 0; number < rounds; number++) {
    const version = number % 2 === 0 ? 2 : 1;
    const rawCpuBefore = cpu();
    const theirs = await raw.run(`raw-${run}`, count, version, false);
    results.raw.push({ ...theirs, cpuInAll: await cpuInAllSince(rawCpuBefore, count) });
    const [requestsBefore, cpuBefore] = [await requests.soFar(), cpu()];
    const ours = await timed(count, concurrency, (index) =>
      bulkhead.change('PATCH', `/v1/tenants/${tenants[index].id}`, { plan: { id, version } }),
    );
    const { reads, writes } = await requests.since(requestsBefore);
    const used = cpuSince(cpuBefore, count);
    const cpuAtRest = await cpuAtRestSince(cpuBefore, count);
    results.ours.push({ ...ours, cpu: used, cpuAtRest, cpuInAll: sumOf(cpuAtRest) });
    results.reads.push(reads / count);
    results.writes.push(writes / count);
    // The other direction, so that there is something to change again.
    results.quota.push(await raw.run(`raw-${run}`, count, version === 2 ? 1 : 2, true));
    await raw.run(`raw-${run}`, count, version, false);
    await untilQuiet();
    log(`round ${number + 1}: ${ms(ours.perSecond)} tenants/s, raw ${ms(results.raw[number].perSecond)}`);
  }
  await setting.close();
  const rate = (list) => median(list.map(({ perSecond }) => perSecond));
  const durations = results.ours.flatMap((result) => result.durations);
  return {
    bench: 'propagate',
    tenants: count,
    rounds,
    concurrency,
    objectsChanged: raw.objectCount,
    tenantsPerSecond: round(rate(results.ours)),
    rawTenantsPerSecond: round(rate(results.raw)),
    ratioToRaw: round(rate(results.ours) / rate(results.raw)),
    rawQuotaOnlyPerSecond: round(rate(results.quota)),
    ratioToRawQuotaOnly: round(rate(results.ours) / rate(results.quota)),
    p50Ms: ms(quantile(durations, 0.5)),
    p99Ms: ms(quantile(durations, 0.99)),
    apiWrites: round(median(results.writes)),
    apiReads: round(median(results.reads)),
    cpuMsPerTenant: results.ours.at(-1).cpu,
    ...cpuInAll(results.ours, results.raw),
    apiServerMsInAll: ms(median(results.ours.map(({ cpuAtRest }) => cpuAtRest.apiServer))),
    workerMsInAll: ms(median(results.ours.map(({ cpuAtRest }) => cpuAtRest.worker))),
    rssMb: memory('worker').rssMb,
  };
}
