import { readFlags } from './measure/flags.mjs';
import { memory, untilQuiet } from './measure/processes.mjs';
import { prepare } from './measure/setting.mjs';
import { median, ms, quantile, round, timed } from './measure/statistics.mjs';

const REVIEW = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

/**
 * Measures how long a run of isolation checks takes: from `POST /v1/tenants/{id}/isolation-checks` until it has ended,
 * one after the other. The raw loop, for comparison, sends as many bare access reviews with the same concurrency.
 */
export default async function prove({ args, log, ...context }) {
  const flags = readFlags(args, { tenants: 20, samples: 10, plan: 'team' });
  const setting = await prepare(context, flags.plan);
  const { bulkhead, cluster, requests, run } = setting;
  await bulkhead.require('POST', '/v1/tenants/{id}/isolation-checks');
  log(`provisioning ${flags.tenants} tenants`);
  const { tenants } = await bulkhead.provision(`bench-${run}`, flags.tenants, 32, flags.plan);
  await untilQuiet();

  const [times, counted, raws, reports] = [[], [], [], []];
  for (let number = 0; number < Math.min(flags.samples, tenants.length); number++) {
    const before = await requests.soFar();
    const startedAt = performance.now();
    const report = await proven(bulkhead, tenants[number].id);
    times.push(performance.now() - startedAt);
    const { reads, writes } = await requests.since(before);
    counted.push(reads + writes);
    reports.push(report);
    const { seconds } = await timed(report.requests, 16, () => cluster.request('POST', REVIEW, { body: review() }));
    raws.push(seconds * 1000);
  }
  await setting.close();
  const checks = median(reports.map((report) => report.checks.length));
  const asked = median(reports.map((report) => report.checks.reduce((sum, check) => sum + check.asked, 0)));
  return {
    bench: 'prove',
    tenants: tenants.length + 1,
    samples: times.length,
    checks,
    questions: asked,
    p50Ms: ms(quantile(times, 0.5)),
    maxMs: ms(quantile(times, 1)),
    checksPerSecond: round((checks / median(times)) * 1000),
    requestsPerRun: median(reports.map((report) => report.requests)),
    requestsCounted: median(counted),
    rawMs: ms(median(raws)),
    ratioToRaw: round(median(raws) / median(times)),
    failed: reports.reduce((sum, report) => sum + report.summary.failed, 0),
    rssMb: memory('worker').rssMb,
  };
}

async function proven(bulkhead, id) {
  const { location } = await bulkhead.accept('POST', `/v1/tenants/${id}/isolation-checks`);
  const { state, error, report } = await bulkhead.expect('GET', `${location}?wait=60`);
  if (state !== 'succeeded') throw new Error(`a run is ${state}: ${error}`);
  return report;
}

function review() {
  return {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user: 'nobody', resourceAttributes: { verb: 'get', group: '', resource: 'pods', namespace: 'default' } },
  };
}
