import { readFlags } from './measure/flags.mjs';
import { memoryOf, untilQuiet } from './measure/processes.mjs';
import { startWorker } from './measure/second-worker.mjs';
import { prepare } from './measure/setting.mjs';
import { median, ms } from './measure/statistics.mjs';

/**
 * Measures the start of a worker where many tenants exist: the time until it watches all of their objects, its peak of
 * memory until it is at rest, and the requests that this takes. The worker runs next to the first one, which is idle.
 */
export default async function restart({ args, log, ...context }) {
  const flags = readFlags(args, { tenants: 5_000, rounds: 3, concurrency: 32, plan: 'team' });
  const { tenants, rounds, concurrency, plan } = flags;
  const setting = await prepare(context, plan);
  const { bulkhead, cluster, raw, requests, run } = setting;
  log(`provisioning ${tenants} tenants`);
  await bulkhead.provision(`bench-${run}`, tenants, concurrency, plan);

  const results = { readyMs: [], cpuMs: [], highestMb: [], restMb: [], lists: [], reads: [], writes: [] };
  for (let number = 0; number < rounds; number++) {
    await untilQuiet();
    const [before, listsBefore] = [await requests.soFar(), await lists(cluster)];
    const worker = await startWorker();
    await untilQuiet({ timeoutMs: 120_000 });
    const { reads, writes } = await requests.since(before);
    const { rssMb, highestMb } = memoryOf(worker.pid);
    const round = { readyMs: worker.readyMs, cpuMs: worker.cpuMs, highestMb, restMb: rssMb, reads, writes };
    for (const [name, value] of Object.entries({ ...round, lists: (await lists(cluster)) - listsBefore })) {
      results[name].push(value);
    }
    log(`round ${number + 1}: ready after ${ms(worker.readyMs)} ms, at most ${highestMb} MB, ${reads} reads`);
    await worker.stop();
  }
  await setting.close();
  return {
    bench: 'restart',
    tenants: tenants + 1,
    rounds,
    objectsPerTenant: raw.objectCount,
    readyMs: ms(median(results.readyMs)),
    cpuMsUntilReady: ms(median(results.cpuMs)),
    slowestReadyMs: ms(Math.max(...results.readyMs)),
    highestMb: Math.max(...results.highestMb),
    restMb: median(results.restMb),
    lists: median(results.lists),
    apiReads: Math.max(...results.reads),
    apiWrites: Math.max(...results.writes),
  };
}

/** Lists of any kind that the API server has answered. Nobody else lists anything while a worker starts. */
function lists(cluster) {
  return cluster.metric('apiserver_request_total', 'verb="LIST"');
}
