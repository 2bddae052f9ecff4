import { setTimeout as pause } from 'node:timers/promises';

import { cpu, cpuInAll, cpuInAllSince, cpuSince, memory, untilQuiet } from './measure/processes.mjs';
import { readFlags } from './measure/flags.mjs';
import { prepare } from './measure/setting.mjs';
import { median, ms, quantile, round, timed } from './measure/statistics.mjs';

/**
 * Measures how fast tenants are provisioned, from `POST /v1/tenants` until the answer that the operation succeeded,
 * compared with the raw loop: the same objects applied without an engine. Rounds of both alternate; the results are
 * medians over the rounds.
 */
export default async function provision({ args, log, ...context }) {
  const flags = readFlags(args, { tenants: 100, rounds: 3, concurrency: 32, lone: 20, plan: 'team' });
  const { tenants, rounds, concurrency, lone, plan } = flags;
  const setting = await prepare(context, plan);
  const { raw, run } = setting;

  const rawConcurrency = await bestRawConcurrency(setting, tenants, log);
  // The raw loop is warm after the search for its best concurrency. Node compiles code that runs often, so the engine
  // gets as many rounds beforehand.
  for (const number of searched.keys()) {
    await ourRound(setting, `bench-${run}-w${number}`, { tenants, concurrency, plan });
  }
  const [ours, theirs] = [[], []];
  await untilQuiet();
  for (let round = 0; round < rounds; round++) {
    theirs.push(await rawRound(setting, `raw-${run}-r${round}`, tenants, rawConcurrency));
    ours.push(await ourRound(setting, `bench-${run}-r${round}`, { tenants, concurrency, plan }));
    log(`round ${round + 1}: ${ms(ours[round].perSecond)} tenants/s, raw ${ms(theirs[round].perSecond)}`);
  }
  // Last, because a service in use is warm.
  log(`${lone} lone tenants, in turns with the raw loop`);
  const alone = await measureLone(setting, lone, plan);
  const { refused } = raw;
  await setting.close();
  const rate = (results) => median(results.map(({ perSecond }) => perSecond));
  return {
    bench: 'provision',
    tenants,
    rounds,
    concurrency,
    rawConcurrency,
    objectsPerTenant: raw.objectCount,
    tenantsPerSecond: round(rate(ours)),
    rawTenantsPerSecond: round(rate(theirs)),
    ratioToRaw: round(rate(ours) / rate(theirs)),
    ratios: ours.map(({ perSecond }, index) => round(perSecond / theirs[index].perSecond)),
    ...percentiles(ours, theirs),
    ...alone,
    apiWrites: round(median(ours.map(({ writes }) => writes))),
    apiReads: round(median(ours.map(({ reads }) => reads))),
    cpuMsPerTenant: ours.at(-1).cpu,
    rawCpuMsPerTenant: theirs.at(-1).cpu,
    ...cpuInAll(ours, theirs),
    rawRefused: refused,
    rssMb: memory('worker').rssMb,
  };
}

function percentiles(ours, theirs) {
  const [all, rawAll] = [ours, theirs].map((results) => results.flatMap(({ durations }) => durations));
  return {
    p50Ms: ms(quantile(all, 0.5)),
    p99Ms: ms(quantile(all, 0.99)),
    rawP50Ms: ms(quantile(rawAll, 0.5)),
    rawP99Ms: ms(quantile(rawAll, 0.99)),
  };
}

/**
 * How long the control plane's work for a tenant (token, certificate, quota counts) goes on after the tenant is ready.
 */
const AFTERMATH_MS = 200;

/** Provisions one tenant at a time, each followed by one of the raw loop, with no other load. */
async function measureLone({ bulkhead, raw, run }, count, plan) {
  const [ours, theirs] = [[], []];
  for (let number = 0; number < count; number++) {
    await pause(AFTERMATH_MS);
    theirs.push(...(await timed(1, 1, () => raw.apply(`raw-${run}-lone-${number}`))).durations);
    await pause(AFTERMATH_MS);
    ours.push(...(await bulkhead.provision(`bench-${run}-lone-${number}`, 1, 1, plan)).durations);
  }
  const [middle, rawMiddle] = [median(ours), median(theirs)];
  return { loneP50Ms: ms(middle), rawLoneP50Ms: ms(rawMiddle), loneRatio: round(middle / rawMiddle) };
}

/** The concurrencies that the raw loop is tried with. */
const searched = [1, 16, 64];

/** Returns the concurrency with which the raw loop is fastest here, so that the comparison is with its best. */
async function bestRawConcurrency(setting, tenants, log) {
  let best = { perSecond: 0 };
  for (const concurrency of searched) {
    await untilQuiet();
    const { perSecond } = await rawRound(setting, `raw-${setting.run}-c${concurrency}`, tenants, concurrency);
    log(`raw loop, ${concurrency} at a time: ${ms(perSecond)} tenants/s`);
    if (perSecond > best.perSecond) best = { perSecond, concurrency };
  }
  return best.concurrency;
}

async function rawRound({ raw }, prefix, tenants, concurrency) {
  const before = cpu();
  const result = await timed(tenants, concurrency, (number) => raw.apply(`${prefix}-${number}`));
  return { ...result, cpu: cpuSince(before, tenants), cpuInAll: await cpuInAllSince(before, tenants) };
}

async function ourRound({ bulkhead, requests }, prefix, { tenants, concurrency, plan }) {
  const [before, requestsBefore] = [cpu(), await requests.soFar()];
  const result = await bulkhead.provision(prefix, tenants, concurrency, plan);
  const used = cpuSince(before, tenants);
  const { reads, writes } = await requests.since(requestsBefore);
  const counts = { reads: reads / tenants, writes: writes / tenants };
  return { ...result, cpu: used, cpuInAll: await cpuInAllSince(before, tenants), ...counts };
}
