import { readFlags } from './measure/flags.mjs';
import { memory, untilQuiet } from './measure/processes.mjs';
import { prepare } from './measure/setting.mjs';
import { ms, quantile, round, timed } from './measure/statistics.mjs';

/**
 * Measures the cost of many tenants: memory of the worker and of the API server at each size, and the rate of the first
 * tenants compared with that of the last, each next to as many in the raw loop.
 */
export default async function scale({ args, log, ...context }) {
  const flags = readFlags(args, { small: 1_000, large: 5_000, chunk: 200, concurrency: 32, plan: 'team' });
  const { small, large, chunk, plan, concurrency } = flags;
  const setting = await prepare(context, plan);
  let provisioned = 0;
  const provision = async (count) => {
    if (count <= 0) return null;
    const prefix = `bench-${setting.run}-${provisioned}`;
    provisioned += count;
    return setting.bulkhead.provision(prefix, count, concurrency, plan);
  };
  const measured = async (name) => {
    await untilQuiet();
    const theirs = await timed(chunk, 64, (number) => setting.raw.apply(`raw-${setting.run}-${name}-${number}`));
    await untilQuiet();
    const ours = await provision(chunk);
    log(`${provisioned} tenants: ${ms(ours.perSecond)} tenants/s, raw ${ms(theirs.perSecond)}`);
    return { ours, theirs };
  };
  const sizes = {};
  const remember = async () => {
    await untilQuiet();
    const [worker, apiServer] = [memory('worker'), memory('apiServer')];
    sizes[provisioned] = {
      workerRssMb: worker.rssMb,
      workerHighestMb: worker.highestMb,
      apiServerRssMb: apiServer.rssMb,
    };
    log(`${provisioned} tenants: worker ${worker.rssMb} MB, API server ${apiServer.rssMb} MB`);
  };

  await remember();
  const first = await measured('first');
  await provision(small - provisioned);
  await remember();
  await provision(large - chunk - provisioned);
  const last = await measured('last');
  await remember();
  await setting.close();
  return {
    bench: 'scale',
    tenants: provisioned,
    concurrency,
    chunk,
    objectsPerTenant: setting.raw.objectCount,
    sizes,
    first: rates(first),
    last: rates(last),
    tenantsPerSecond: round(last.ours.perSecond),
    rawTenantsPerSecond: round(last.theirs.perSecond),
    ratioToRaw: round(last.ours.perSecond / last.theirs.perSecond),
    lastToFirst: round(last.ours.perSecond / first.ours.perSecond),
    rawLastToFirst: round(last.theirs.perSecond / first.theirs.perSecond),
    rssMb: memory('worker').rssMb,
  };
}

function rates({ ours, theirs }) {
  return {
    tenantsPerSecond: round(ours.perSecond),
    rawTenantsPerSecond: round(theirs.perSecond),
    ratioToRaw: round(ours.perSecond / theirs.perSecond),
    p50Ms: ms(quantile(ours.durations, 0.5)),
    p99Ms: ms(quantile(ours.durations, 0.99)),
  };
}
