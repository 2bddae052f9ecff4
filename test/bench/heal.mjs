import { Failure } from '../../dev/failure.mjs';
import { damageOf } from './measure/damages.mjs';
import { readFlags } from './measure/flags.mjs';
import { memory, untilQuiet } from './measure/processes.mjs';
import { Restorations, startRawHealer } from './measure/restoration.mjs';
import { prepare } from './measure/setting.mjs';
import { ms, quantile, round } from './measure/statistics.mjs';

/**
 * Measures how fast a deleted or changed object is restored: from the answer to the deletion until a watch in this
 * process sees the object again. One object at a time, in turns with a bare watch that recreates it. Every fourth
 * sample is a change instead of a deletion.
 */
export default async function heal({ args, log, ...context }) {
  const flags = readFlags(args, { tenants: 1_000, samples: 200, timeout: 15, plan: 'team' });
  const { tenants: count, samples, plan } = flags;
  const timeoutMs = flags.timeout * 1000;
  const setting = await prepare(context, plan);
  const { bulkhead, cluster, raw, requests, run } = setting;
  log(`provisioning ${count} tenants`);
  const { tenants } = await bulkhead.provision(`bench-${run}`, count, 32, plan);
  const rawSlug = `raw-${run}-heal`;
  await raw.apply(rawSlug);
  const rawObjects = raw.objects(rawSlug).filter(isDamageable);
  const kinds = raw.kinds.filter(isDamageable);
  const seen = await Restorations.watch(cluster, kinds);
  const rawHealer = await startRawHealer(cluster, rawObjects, kinds, 'raw-loop.io/tenant-id');
  await untilQuiet();

  const requestsBefore = await requests.soFar();
  const times = { delete: [], change: [], rawDelete: [], rawChange: [] };
  for (let number = 0; number < samples; number++) {
    const how = number % 4 === 3 ? 'change' : 'delete';
    const object = await randomObject(bulkhead, tenants);
    const rawObject = rawObjects.find(({ kind }) => kind === object.kind) ?? anyOf(rawObjects);
    const rawTime = await seen.measure(cluster, rawObject, how, timeoutMs);
    times[how === 'delete' ? 'rawDelete' : 'rawChange'].push(rawTime);
    try {
      times[how].push(await seen.measure(cluster, object, how, timeoutMs));
    } catch (error) {
      const hint = number === 0 ? ' This version does not correct drift by watching.' : '';
      throw new Failure(`${error.message} (sample ${number + 1}, ${how}).${hint}`, { cause: error });
    }
  }
  if (rawHealer.error) throw rawHealer.error;
  const { reads, writes } = await requests.since(requestsBefore);
  await setting.close();
  return {
    bench: 'heal',
    tenants: count + 1,
    samples,
    ...percentiles('', times.delete),
    ...percentiles('raw', times.rawDelete),
    ratioToRaw: round(quantile(times.delete, 0.5) / quantile(times.rawDelete, 0.5)),
    ...percentiles('changed', times.change),
    ...percentiles('rawChanged', times.rawChange),
    apiWrites: round(writes / samples),
    apiReads: round(reads / samples),
    rssMb: memory('worker').rssMb,
  };
}

const isDamageable = ({ kind }) => damageOf(kind) !== undefined;
const anyOf = (list) => list[Math.floor(Math.random() * list.length)];

async function randomObject(bulkhead, tenants) {
  const { items } = await bulkhead.expect('GET', `/v1/tenants/${anyOf(tenants).id}/objects`);
  const { apiVersion, kind, namespace, name } = anyOf(items.filter(isDamageable));
  return { apiVersion, kind, metadata: { name, namespace } };
}

/** Returns `p50Ms`, `p99Ms` and `maxMs`, with a prefix. */
function percentiles(word, times) {
  const named = (name) => (word === '' ? name : word + name[0].toUpperCase() + name.slice(1));
  return {
    [named('p50Ms')]: ms(quantile(times, 0.5)),
    [named('p99Ms')]: ms(quantile(times, 0.99)),
    [named('maxMs')]: ms(quantile(times, 1)),
  };
}
