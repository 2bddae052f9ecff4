import { Cluster } from './measure/cluster.mjs';
import { readFlags } from './measure/flags.mjs';
import { cpu, cpuInAllSince, cpuSince, untilQuiet } from './measure/processes.mjs';
import { liveObjectsOf } from './measure/raw-tenant.mjs';
import { prepare } from './measure/setting.mjs';
import { median, ms, pause, round, timed } from './measure/statistics.mjs';

/**
 * Measures the upper bound for any engine: a bare loop that sends a tenant's objects as the worker does (under its user
 * name, under the admission baseline, with create, and in its three waves), compared with the raw loop of `provision`.
 * No tenant is created through the API, so neither the API nor the database has any work; the worker's watches report
 * objects that belong to no tenant.
 */
export default async function bound({ args, log, ...context }) {
  const flags = readFlags(args, {
    tenants: 100,
    rounds: 5,
    concurrency: 32,
    rawConcurrency: 64,
    lone: 30,
    plan: 'team',
  });
  const { tenants, rounds, concurrency, rawConcurrency, lone, plan } = flags;
  const setting = await prepare(context, plan);
  const { bulkhead, cluster, reference, raw, run } = setting;
  const worker = new Cluster(context.workerKubeconfig);
  const text = JSON.stringify(await liveObjectsOf(bulkhead, cluster, reference));
  let number = 0;
  const send = (slug) => provision(worker, JSON.parse(named(text, reference, slug, (number += 1))));

  for (const prefix of ['a', 'b']) await timed(tenants, concurrency, (each) => send(`w${prefix}-${run}-${each}`));
  const results = { free: [], raw: [] };
  for (let turn = 0; turn < rounds; turn++) {
    await untilQuiet();
    results.raw.push(await measured(tenants, rawConcurrency, (each) => raw.apply(`raw-${run}-${turn}-${each}`)));
    await untilQuiet();
    results.free.push(await measured(tenants, concurrency, (each) => send(`free-${run}-${turn}-${each}`)));
    log(`round ${turn + 1}: ${ms(results.free[turn].perSecond)} tenants/s, raw ${ms(results.raw[turn].perSecond)}`);
  }
  const alone = { free: [], raw: [] };
  for (let turn = 0; turn < lone; turn++) {
    await pause(200);
    alone.raw.push(...(await timed(1, 1, () => raw.apply(`raw-${run}-l${turn}`))).durations);
    await pause(200);
    alone.free.push(...(await timed(1, 1, () => send(`free-${run}-l${turn}`))).durations);
  }
  await worker.close();
  await setting.close();
  const rate = (list) => median(list.map(({ perSecond }) => perSecond));
  return {
    bench: 'bound',
    tenants,
    rounds,
    concurrency,
    rawConcurrency,
    tenantsPerSecond: round(rate(results.free)),
    rawTenantsPerSecond: round(rate(results.raw)),
    ratioToRaw: round(rate(results.free) / rate(results.raw)),
    ratios: results.free.map(({ perSecond }, turn) => round(perSecond / results.raw[turn].perSecond)),
    loneP50Ms: ms(median(alone.free)),
    rawLoneP50Ms: ms(median(alone.raw)),
    loneRatio: round(median(alone.free) / median(alone.raw)),
    cpuMsPerTenant: results.free.at(-1).cpu,
    rawCpuMsPerTenant: results.raw.at(-1).cpu,
    cpuMsInAll: median(results.free.map(({ cpuInAll }) => cpuInAll)),
    rawCpuMsInAll: median(results.raw.map(({ cpuInAll }) => cpuInAll)),
  };
}

async function measured(count, concurrency, work) {
  const before = cpu();
  const result = await timed(count, concurrency, work);
  return { ...result, cpu: cpuSince(before, count), cpuInAll: await cpuInAllSince(before, count) };
}

/** Returns the objects of a tenant that is unknown to Bulkhead, under another slug and another id of the same form. */
function named(text, { slug, id }, other, number) {
  const end = String(number).padStart(6, '0');
  return text.replaceAll(slug, other).replaceAll(id, `${id.slice(0, -end.length)}${end}`);
}

/**
 * Returns the wave in which the engine writes an object: namespaces, objects that restrict, objects that give access.
 */
async function provision(worker, objects) {
  const waves = [[], [], []];
  for (const object of objects) waves[waveOf(object)].push(object);
  for (const wave of waves) await Promise.all(wave.map((object) => sendCounted(worker, object)));
}

function waveOf({ kind, metadata }) {
  if (kind === 'Namespace') return 0;
  return kind === 'RoleBinding' || metadata.name === 'tenant-quota-access' ? 2 : 1;
}

/** The cluster creates the account "default" itself, so that one is applied. */
async function sendCounted(worker, object) {
  for (;;) {
    try {
      if (object.kind === 'ServiceAccount' && object.metadata.name === 'default') return await worker.apply(object);
      return await worker.create(object);
    } catch (error) {
      if (error.status !== 403 || !error.message.includes('status unknown for quota')) throw error;
      await pause(4);
    }
  }
}
