import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { Pool } from 'undici';
import { openDatabase } from './measure/database.mjs';
import { readFlags } from './measure/flags.mjs';
import { cpuOf, memory, pidOf, untilQuiet } from './measure/processes.mjs';
import { prepare } from './measure/setting.mjs';
import { median, ms, quantile, round, timed } from './measure/statistics.mjs';

/**
 * Measures how many requests the API answers: `GET /v1/tenants/{id}`, and creations that it accepts. For comparison, a
 * bare Fastify server runs the same query in its own process, under the same load. The worker is stopped (SIGSTOP)
 * during the measurement, so that only accepting is measured. On a machine with few processors the processor time of a
 * request says more than the rate.
 */
export default async function api({ args, log, ...context }) {
  const flags = readFlags(args, {
    tenants: 50,
    reads: 20_000,
    creations: 500,
    rounds: 3,
    connections: 32,
    plan: 'team',
  });
  const { tenants: count, rounds, connections, plan } = flags;
  const setting = await prepare(context, plan);
  const { tenants } = await setting.bulkhead.provision(`bench-${setting.run}`, count, 16, plan);
  const ids = await uuidsOf(context.databaseUrl, tenants);
  const raw = await startRawApi(context.databaseUrl);
  await untilQuiet();
  const headers = { authorization: `Bearer ${context.adminApiKey}` };
  const ours = { url: context.apiUrl, headers, pid: pidOf('api'), ids: tenants.map(({ id }) => id), name: 'bench' };
  const theirs = { url: raw.url, headers: {}, pid: raw.pid, ids, name: 'raw' };
  const measured = { reads: [], rawReads: [], creations: [], rawCreations: [] };
  const worker = pidOf('worker');
  process.kill(worker, 'SIGSTOP');
  try {
    // Warms both up before the measurement.
    for (const server of [theirs, ours]) await readMany(server, Math.ceil(flags.reads / 4), connections);
    for (let number = 0; number < rounds; number++) {
      measured.rawReads.push(await readMany(theirs, flags.reads, connections));
      measured.reads.push(await readMany(ours, flags.reads, connections));
      const creations = { prefix: `${setting.run}-a${number}`, count: flags.creations, connections, plan };
      measured.rawCreations.push(await createMany(theirs, creations));
      measured.creations.push(await createMany(ours, creations));
      log(
        `round ${number + 1}: ${ms(measured.reads[number].perSecond)} reads/s, raw ${ms(measured.rawReads[number].perSecond)}`,
      );
    }
  } finally {
    process.kill(worker, 'SIGCONT');
    raw.stop();
  }
  await setting.close();
  return {
    bench: 'api',
    tenants: count,
    rounds,
    concurrency: connections,
    workerStopped: true,
    ...comparison('read', measured.reads, measured.rawReads),
    ...comparison('creation', measured.creations, measured.rawCreations),
    rssMb: memory('api').rssMb,
  };
}

/** Returns `readsPerSecond`, … `readCpuRatio`: for rates a higher ratio is better, for times a lower one. */
function comparison(what, ours, theirs) {
  const middle = (results, member) => median(results.map((result) => result[member]));
  const all = (results) => results.flatMap(({ durations }) => durations);
  const capital = what[0].toUpperCase() + what.slice(1);
  return {
    [`${what}sPerSecond`]: round(middle(ours, 'perSecond')),
    [`raw${capital}sPerSecond`]: round(middle(theirs, 'perSecond')),
    [what === 'read' ? 'ratioToRaw' : `${what}RatioToRaw`]: round(
      middle(ours, 'perSecond') / middle(theirs, 'perSecond'),
    ),
    [`${what}P50Ms`]: ms(quantile(all(ours), 0.5)),
    [`${what}P99Ms`]: ms(quantile(all(ours), 0.99)),
    [`raw${capital}P50Ms`]: ms(quantile(all(theirs), 0.5)),
    [`raw${capital}P99Ms`]: ms(quantile(all(theirs), 0.99)),
    [`${what}CpuMs`]: round(middle(ours, 'cpuMs')),
    [`raw${capital}CpuMs`]: round(middle(theirs, 'cpuMs')),
    [`${what}CpuRatio`]: round(middle(ours, 'cpuMs') / middle(theirs, 'cpuMs')),
  };
}

function readMany({ ids, ...server }, count, connections) {
  return load(server, { count, connections, expected: 200 }, (number) => {
    return { method: 'GET', path: `/v1/tenants/${ids[number % ids.length]}` };
  });
}

function createMany(server, { prefix, count, connections, plan }) {
  return load(server, { count, connections, expected: 202 }, (number) => {
    const body = JSON.stringify({ slug: `${server.name}-${prefix}-${number}`, plan });
    return { method: 'POST', path: '/v1/tenants', body };
  });
}

/** Applies the same load to both: one request on each connection, the next when it is answered. */
async function load({ url, headers, pid }, { count, connections, expected }, requestOf) {
  const pool = new Pool(url, { connections, allowH2: false });
  const cpuBefore = cpuOf(pid);
  const result = await timed(count, connections, async (number) => {
    const request = requestOf(number);
    const type = request.body ? { 'content-type': 'application/json' } : {};
    const answer = await pool.request({ ...request, headers: { ...headers, ...type } });
    const text = await answer.body.text();
    if (answer.statusCode !== expected) throw new Error(`${request.path} answered ${answer.statusCode}: ${text}`);
  });
  const cpuMs = (cpuOf(pid) - cpuBefore) / count;
  await pool.close();
  return { ...result, cpuMs };
}

async function startRawApi(databaseUrl) {
  const script = fileURLToPath(new URL('measure/raw-api.mjs', import.meta.url));
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, DATABASE_URL: databaseUrl, NODE_ENV: 'production' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve, reject) => {
    child.stdout.once('data', (text) => resolve(String(text).trim()));
    child.once('exit', () => reject(new Error('the raw server exited')));
  });
  return { url, pid: child.pid, stop: () => child.stdin.end() };
}

async function uuidsOf(databaseUrl, tenants) {
  const database = await openDatabase(databaseUrl);
  const slugs = tenants.map(({ slug }) => slug);
  const { rows } = await database.query('SELECT id FROM tenants WHERE slug = ANY($1)', [slugs]);
  await database.end();
  return rows.map(({ id }) => id);
}
