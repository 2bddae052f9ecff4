import { setTimeout as pause } from 'node:timers/promises';

import { cpu, cpuAtRestSince, cpuInAll, cpuSince, memory, sumOf, untilQuiet } from './measure/processes.mjs';
import { readFlags } from './measure/flags.mjs';
import { ReferenceTenants } from './measure/reference-set.mjs';
import { prepare } from './measure/setting.mjs';
import { median, ms, quantile, round, timed } from './measure/statistics.mjs';

/**
 * Measures how fast tenants are provisioned, from `POST /v1/tenants` until the answer that the operation succeeded,
 * compared with the raw loop: the same objects applied without an engine, and with the reference set, applied and
 * created. Rounds of all alternate; the results are medians over the rounds.
 */
export default async function provision({ args, log, ...context }) {
  const flags = readFlags(args, { tenants: 100, rounds: 3, concurrency: 32, lone: 20, plan: 'team' });
  const { tenants, rounds, concurrency, lone, plan } = flags;
  const setting = await prepare(context, plan);
  const { raw, run } = setting;
  const reference = new ReferenceTenants(setting.cluster);

  const rawConcurrency = await bestRawConcurrency(setting, tenants, log);
  // The raw loop is warm after the search for its best concurrency. Node compiles code that runs often, so the engine
  // gets as many rounds beforehand.
  for (const number of searched.keys()) {
    await ourRound(setting, `bench-${run}-w${number}`, { tenants, concurrency, plan });
  }
  const [ours, theirs, applied, created] = [[], [], [], []];
  const bare = (write, prefix) => rawRound(write, prefix, tenants, rawConcurrency);
  await bare((slug) => reference.apply(slug), `w-${run}`);
  await untilQuiet();
  for (let round = 0; round < rounds; round++) {
    // What bare writes leave to the control plane must not count against the next ones.
    await pause(REST_MS);
    await untilQuiet();
    theirs.push(await bare((slug) => raw.apply(slug), `raw-${run}-r${round}`));
    ours.push(await ourRound(setting, `bench-${run}-r${round}`, { tenants, concurrency, plan }));
    applied.push(await bare((slug) => reference.apply(slug), `a-${run}-r${round}`));
    created.push(await bare((slug) => reference.create(slug), `c-${run}-r${round}`));
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
    ...besideReference(ours, applied, created),
    rawRefused: refused,
    rssMb: memory('worker').rssMb,
  };
}

/** Compares with the reference set: rates, and processor time until everything is at rest. */
function besideReference(ours, applied, created) {
  const middle = (rounds, valueOf) => median(rounds.map(valueOf));
  const rate = ({ perSecond }) => perSecond;
  const inAll = (each) => each.cpuInAll;
  const apiServer = ({ cpuAtRest }) => cpuAtRest.apiServer;
  const ratio = (others, valueOf) => round(middle(ours, valueOf) / middle(others, valueOf));
  return {
    referenceObjects: ReferenceTenants.objectCount,
    referenceAppliedPerSecond: round(middle(applied, rate)),
    referenceCreatedPerSecond: round(middle(created, rate)),
    ratioToReferenceApplied: ratio(applied, rate),
    ratioToReferenceCreated: ratio(created, rate),
    referenceCpuMsInAll: ms(middle(applied, inAll)),
    referenceInAllCpuRatio: ratio(applied, inAll),
    apiServerMsInAll: ms(middle(ours, apiServer)),
    referenceApiServerMsInAll: ms(middle(applied, apiServer)),
    referenceApiServerCpuRatio: ratio(applied, apiServer),
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
/** How long such work can come and go after a round. */
const REST_MS = 3_000;

/**
 * Provisions one tenant at a time, in turns with the raw loop, with no other load. Half of them with a second request
 * that waits for the operation, as all other rounds do, and half with one request that carries `Prefer: wait`.
 */
async function measureLone({ bulkhead, raw, run }, count, plan) {
  const [ours, inOneRequest, theirs] = [[], [], []];
  for (let number = 0; number < count; number++) {
    await pause(AFTERMATH_MS);
    theirs.push(...(await timed(1, 1, () => raw.apply(`raw-${run}-lone-${number}`))).durations);
    await pause(AFTERMATH_MS);
    ours.push(...(await bulkhead.provision(`bench-${run}-lone-${number}`, 1, 1, plan)).durations);
    await pause(AFTERMATH_MS);
    inOneRequest.push(await bulkhead.provisionInOneRequest(`bench-${run}-one-${number}`, plan));
  }
  const [middle, oneMiddle, rawMiddle] = [median(ours), median(inOneRequest), median(theirs)];
  return {
    loneP50Ms: ms(middle),
    loneInOneRequestP50Ms: ms(oneMiddle),
    rawLoneP50Ms: ms(rawMiddle),
    loneRatio: round(middle / rawMiddle),
    loneInOneRequestRatio: round(oneMiddle / rawMiddle),
  };
}

/** The concurrencies that the raw loop is tried with. */
const searched = [1, 16, 64];

/** Returns the concurrency with which the raw loop is fastest here, so that the comparison is with its best. */
async function bestRawConcurrency({ raw, run }, tenants, log) {
  let best = { perSecond: 0 };
  for (const concurrency of searched) {
    await untilQuiet();
    const { perSecond } = await rawRound((slug) => raw.apply(slug), `raw-${run}-c${concurrency}`, tenants, concurrency);
    log(`raw loop, ${concurrency} at a time: ${ms(perSecond)} tenants/s`);
    if (perSecond > best.perSecond) best = { perSecond, concurrency };
  }
  return best.concurrency;
}

/** @param write writes the objects of one tenant with this slug */
async function rawRound(write, prefix, tenants, concurrency) {
  const before = cpu();
  const result = await timed(tenants, concurrency, (number) => write(`${prefix}-${number}`));
  return { ...result, cpu: cpuSince(before, tenants), ...(await atRest(before, tenants)) };
}

/** Processor time per tenant until everything is at rest. */
async function atRest(before, tenants) {
  const cpuAtRest = await cpuAtRestSince(before, tenants);
  return { cpuAtRest, cpuInAll: sumOf(cpuAtRest) };
}

async function ourRound({ bulkhead, requests }, prefix, { tenants, concurrency, plan }) {
  const [before, requestsBefore] = [cpu(), await requests.soFar()];
  const result = await bulkhead.provision(prefix, tenants, concurrency, plan);
  const used = cpuSince(before, tenants);
  const { reads, writes } = await requests.since(requestsBefore);
  const counts = { reads: reads / tenants, writes: writes / tenants };
  return { ...result, cpu: used, ...(await atRest(before, tenants)), ...counts };
}
