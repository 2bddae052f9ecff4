import { Failure } from '../../dev/failure.mjs';
import { readFlags } from './measure/flags.mjs';
import { twoPlanVersions } from './measure/plan-versions.mjs';
import { cpu, cpuSince, memory, untilQuiet } from './measure/processes.mjs';
import { prepare } from './measure/setting.mjs';
import { round, until } from './measure/statistics.mjs';

const ENDED_BADLY = ['failed', 'paused', 'cancelled', 'halted', 'aborted'];

/**
 * Measures how fast a rollout brings the tenants of a plan to its new version, from `POST /v1/plans/{id}/rollouts`
 * until the rollout is `succeeded`. The raw loop, for comparison, applies the objects that this changes.
 */
export default async function rollout({ args, log, ...context }) {
  const flags = readFlags(args, { tenants: 500, concurrent: 64, plan: 'team' });
  const { tenants: count, concurrent, plan } = flags;
  const setting = await prepare(context, plan);
  const { bulkhead, requests, run } = setting;
  await bulkhead.require('POST', '/v1/plans/{id}/rollouts');
  const { id, tenant, raw } = await twoPlanVersions(setting, plan);
  await bulkhead.change('PATCH', `/v1/tenants/${tenant.id}`, { plan: { id, version: 1 } });
  log(`provisioning ${count} tenants, and as many in the raw loop`);
  await bulkhead.provision(`bench-${run}`, count, 32, { id, version: 1 });
  await raw.prepare(`raw-${run}`, count);
  const rawBefore = await raw.run(`raw-${run}`, count, 2, false);
  await untilQuiet();

  const [requestsBefore, cpuBefore, startedAt] = [await requests.soFar(), cpu(), performance.now()];
  const started = await bulkhead.expect('POST', `/v1/plans/${id}/rollouts`, {
    toVersion: 2,
    maxConcurrent: concurrent,
  });
  const ended = await until(() => finished(bulkhead, started.id), {
    timeoutMs: 900_000,
    what: 'the rollout',
    intervalMs: 100,
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const { reads, writes } = await requests.since(requestsBefore);
  const used = cpuSince(cpuBefore, count);
  const [left] = (await bulkhead.expect('GET', `/v1/tenants?plan=${id}&limit=200`)).items.filter(
    (each) => each.plan.version !== 2,
  );
  if (left) throw new Failure(`The rollout is ${ended.state}, but ${left.slug} is at version ${left.plan.version}.`);
  await untilQuiet();
  const rawAfter = await raw.run(`raw-${run}`, count, 1, false);
  await setting.close();
  const [ours, theirs] = [(count + 1) / seconds, (rawBefore.perSecond + rawAfter.perSecond) / 2];
  return {
    bench: 'rollout',
    tenants: count + 1,
    concurrency: concurrent,
    objectsChanged: raw.objectCount,
    tenantsPerSecond: round(ours),
    rawTenantsPerSecond: round(theirs),
    ratioToRaw: round(ours / theirs),
    seconds: round(seconds),
    apiWrites: round(writes / count),
    apiReads: round(reads / count),
    cpuMsPerTenant: used,
    rssMb: memory('worker').rssMb,
  };
}

async function finished(bulkhead, id) {
  const body = await bulkhead.expect('GET', `/v1/rollouts/${id}`);
  if (ENDED_BADLY.includes(body.state)) throw new Failure(`The rollout is ${body.state}: ${JSON.stringify(body)}`);
  return body.state === 'succeeded' && body;
}
