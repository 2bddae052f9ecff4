import { openDatabase } from './measure/database.mjs';
import { readFlags } from './measure/flags.mjs';
import { cpu, cpuSince, memory, untilQuiet } from './measure/processes.mjs';
import { prepare } from './measure/setting.mjs';
import { median, ms, round, timed, until } from './measure/statistics.mjs';

const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/**
 * Measures the cost of a pass over tenants without drift: every tenant is made due at once, and the measurement ends
 * when each has been reconciled. The raw loop, for comparison: one apply that changes nothing for each tenant, and one
 * metadata-only list of every kind.
 */
export default async function noop({ args, log, ...context }) {
  const { tenants, rounds, plan } = readFlags(args, { tenants: 1_000, rounds: 3, plan: 'team' });
  const setting = await prepare(context, plan);
  const { bulkhead, raw, requests, run } = setting;
  const database = await openDatabase(context.databaseUrl);
  log(`provisioning ${tenants} tenants`);
  await bulkhead.provision(`bench-${run}`, tenants, 32, plan);

  const results = { ours: [], applies: [], lists: [], reads: [], writes: [] };
  for (let number = 0; number < rounds; number++) {
    await untilQuiet();
    results.applies.push(await rawApplies(setting, tenants));
    results.lists.push(await rawLists(setting));
    await untilQuiet();
    const [requestsBefore, cpuBefore] = [await requests.soFar(), cpu()];
    results.ours.push(await passOverAll(database));
    const { reads, writes } = await requests.since(requestsBefore);
    results.reads.push(reads);
    results.writes.push(writes);
    results.cpu = cpuSince(cpuBefore, tenants + 1);
    log(`round ${number + 1}: ${ms(results.ours[number])} ms, ${reads} reads, ${writes} writes`);
  }
  await database.end();
  await setting.close();
  const [ours, applies] = [median(results.ours), median(results.applies)];
  return {
    bench: 'noop',
    tenants: tenants + 1,
    rounds,
    objectsPerTenant: raw.objectCount,
    passMs: ms(ours),
    rawApplyMs: ms(applies),
    rawListMs: ms(median(results.lists)),
    tenantsPerSecond: round(((tenants + 1) / ours) * 1000),
    rawTenantsPerSecond: round((tenants / applies) * 1000),
    ratioToRaw: round(applies / ours),
    apiWrites: Math.max(...results.writes),
    apiReads: Math.max(...results.reads),
    apiReadsPerTenant: round(median(results.reads) / (tenants + 1)),
    cpuMsPerTenant: results.cpu,
    rssMb: memory('worker').rssMb,
  };
}

/** Makes every tenant due, and waits until each has been reconciled. The sweeper's own pause is included. */
async function passOverAll(database) {
  const startedAt = performance.now();
  const { rows } = await database.query(`UPDATE tenants SET next_reconcile_at = now() RETURNING now() AS due`);
  const { due } = rows[0];
  // A sweeper that enqueues tenants also postpones them by some seconds; a reconciled tenant is not due for a minute.
  const looked = `SELECT NOT EXISTS (SELECT 1 FROM tenants WHERE deleted_at IS NULL
    AND (next_reconcile_at <= $1::timestamptz + interval '60 seconds' OR lease_until > now())) AS all`;
  await until(async () => (await database.query(looked, [due])).rows[0].all, {
    timeoutMs: 600_000,
    what: 'a pass over all tenants',
  });
  return performance.now() - startedAt;
}

async function rawApplies({ raw, cluster, run }, count) {
  const object = raw.objects(`raw-${run}-warm`).find(({ kind }) => kind !== 'Namespace');
  const { seconds } = await timed(count, 16, () => cluster.apply(object));
  return seconds * 1000;
}

async function rawLists({ raw, cluster }) {
  const paths = await Promise.all(raw.kinds.map((kind) => cluster.pathOf(kind)));
  const { seconds } = await timed(1, 1, () =>
    Promise.all(paths.map((path) => cluster.request('GET', path, { accept: METADATA_ONLY }))),
  );
  return seconds * 1000;
}
