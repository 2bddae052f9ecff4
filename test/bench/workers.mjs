import { readFlags } from './measure/flags.mjs';
import { cpu, cpuAtRestSince, sumOf, untilQuiet } from './measure/processes.mjs';
import { startWorker } from './measure/second-worker.mjs';
import { prepare } from './measure/setting.mjs';
import { median, ms, round } from './measure/statistics.mjs';

/**
 * Measures what a second worker costs: tenants are provisioned by one worker and by two, in turns. On the same
 * processors two can hardly be faster; they must not be slower, nor write anything twice.
 */
export default async function workers({ args, log, ...context }) {
  const { tenants, rounds, concurrency, plan } = readFlags(args, {
    tenants: 200,
    rounds: 3,
    concurrency: 64,
    plan: 'team',
  });
  const setting = await prepare(context, plan);
  const { bulkhead, raw, requests, run } = setting;
  const measured = async (prefix) => {
    await untilQuiet();
    const [before, requestsBefore] = [cpu(), await requests.soFar()];
    const { perSecond } = await bulkhead.provision(prefix, tenants, concurrency, plan);
    const { reads, writes } = await requests.since(requestsBefore);
    const cpuInAll = sumOf(await cpuAtRestSince(before, tenants));
    return { perSecond, cpuInAll, writes: writes / tenants, reads: reads / tenants };
  };

  await measured(`bench-${run}-w`);
  const [alone, together] = [[], []];
  for (let number = 0; number < rounds; number++) {
    alone.push(await measured(`bench-${run}-a${number}`));
    const second = await startWorker();
    together.push(await measured(`bench-${run}-t${number}`));
    await second.stop();
    const [one, two] = [alone.at(-1), together.at(-1)];
    log(`round ${number + 1}: ${ms(one.perSecond)} tenants/s with one worker, ${ms(two.perSecond)} with two`);
  }
  await setting.close();
  const middle = (results, name) => median(results.map((each) => each[name]));
  return {
    bench: 'workers',
    tenants,
    rounds,
    concurrency,
    objectsPerTenant: raw.objectCount,
    tenantsPerSecond: round(middle(together, 'perSecond')),
    aloneTenantsPerSecond: round(middle(alone, 'perSecond')),
    ratioToOne: round(middle(together, 'perSecond') / middle(alone, 'perSecond')),
    cpuMsInAll: ms(middle(together, 'cpuInAll')),
    aloneCpuMsInAll: ms(middle(alone, 'cpuInAll')),
    apiWrites: round(middle(together, 'writes')),
    aloneApiWrites: round(middle(alone, 'writes')),
    apiReads: round(middle(together, 'reads')),
  };
}
