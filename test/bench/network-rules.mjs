import { readFlags } from './measure/flags.mjs';
import { memory, untilQuiet } from './measure/processes.mjs';
import { measureRendering } from './measure/rule-rendering.mjs';
import { prepare } from './measure/setting.mjs';
import { ms, quantile, round, timed, until } from './measure/statistics.mjs';

const DENIAL = { direction: 'egress', action: 'deny', cidrs: ['9.9.9.9/32'], reason: 'bench' };

/**
 * Measures network rules: from the call that makes one until its operation has succeeded, among many tenants; from the
 * call for an emergency rule for all tenants until none of them is pending; 1,000 questions about connections in one
 * request; and what rendering one tenant with so many ranges costs. The raw loop, for comparison, applies the policy that
 * a rule changes.
 */
export default async function networkRules({ args, log, ...context }) {
  const flags = readFlags(args, {
    tenants: 300,
    samples: 100,
    questions: 1_000,
    ranges: 1_000,
    rounds: 200,
    plan: 'team',
  });
  const { tenants: count, samples, questions, ranges, rounds, plan } = flags;
  const rendering = measureRendering({ ranges, rounds, log });
  const setting = await prepare(context, plan);
  const { bulkhead, cluster, raw, reference, run } = setting;
  log(`provisioning ${count} tenants`);
  const { tenants } = await bulkhead.provision(`bench-${run}`, count, 32, plan);
  await untilQuiet();
  const ours = await timed(Math.min(samples, count), 1, (number) =>
    bulkhead.change('POST', `/v1/tenants/${tenants[number].id}/network-rules`, DENIAL),
  );
  const theirs = await rawRules({ cluster, raw, reference, slug: `raw-${run}-rules`, samples });
  const emergency = await emergencyRule(bulkhead);
  const query = await queries(bulkhead, tenants, questions);
  await setting.close();
  return {
    bench: 'network-rules',
    tenants: count + 1,
    samples: ours.durations.length,
    p50Ms: ms(quantile(ours.durations, 0.5)),
    p99Ms: ms(quantile(ours.durations, 0.99)),
    rawP50Ms: ms(quantile(theirs.durations, 0.5)),
    rawP99Ms: ms(quantile(theirs.durations, 0.99)),
    ratioToRaw: round(quantile(ours.durations, 0.5) / quantile(theirs.durations, 0.5)),
    emergency,
    query,
    ...rendering,
    rssMb: memory('worker').rssMb,
  };
}

/** Applies the policy that a rule changes, with another exception each time. */
async function rawRules({ cluster, raw, reference, slug, samples }) {
  await raw.apply(slug);
  const [{ name: source }] = reference.namespaces;
  const policy = await cluster.request(
    'GET',
    `/apis/networking.k8s.io/v1/namespaces/${source}/networkpolicies/tenant-allow`,
  );
  const namespace = source.replace(reference.slug, slug);
  return timed(samples, 1, (number) => {
    const egress = [...policy.spec.egress, { to: [{ ipBlock: { cidr: `9.9.${number % 250}.9/32` } }] }];
    return cluster.apply({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'tenant-allow', namespace },
      spec: { ...policy.spec, egress },
    });
  });
}

/** Makes an emergency rule for all tenants and lifts it; returns the milliseconds until no tenant is pending. */
async function emergencyRule(bulkhead) {
  const rule = { direction: 'egress', cidrs: ['9.9.9.10/32'], selector: { all: true } };
  const { match, hit } = await bulkhead.expect('POST', '/v1/network-rules/preview', rule);
  const settled = async (id) => {
    const startedAt = performance.now();
    await until(async () => (await bulkhead.expect('GET', `/v1/network-rules/${id}`)).counts.pending === 0, {
      timeoutMs: 300_000,
      what: 'the end of the last pending tenant',
    });
    return performance.now() - startedAt;
  };
  const startedAt = performance.now();
  const { id } = await bulkhead.expect('POST', '/v1/network-rules', { ...rule, reason: 'bench', match });
  const answeredMs = performance.now() - startedAt;
  const inForceMs = answeredMs + (await settled(id));
  await bulkhead.expect('DELETE', `/v1/network-rules/${id}`);
  return { tenants: hit, answeredMs: ms(answeredMs), inForceMs: ms(inForceMs), liftedMs: ms(await settled(id)) };
}

/** Asks many questions at once, about as many tenants as there are. */
async function queries(bulkhead, tenants, count) {
  const questions = Array.from({ length: count }, (_, number) => ({
    from: { tenant: tenants[number % tenants.length].id, labels: { app: 'api' } },
    to: { address: `9.9.${number >> 8}.${number & 255}` },
    port: 443,
  }));
  const { durations } = await timed(10, 1, () => bulkhead.expect('POST', '/v1/reachability/query', { questions }));
  return { questions: count, p50Ms: ms(quantile(durations, 0.5)), maxMs: ms(quantile(durations, 1)) };
}
