import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ruleFileYaml, tenantQueries } from '#observability';
import { prometheusBinary } from '../../dev/go-binaries.mjs';
import { choosePort } from '../../dev/ports.mjs';
import { readFlags } from './measure/flags.mjs';
import { median, ms, round, timed, until } from './measure/statistics.mjs';
import { idOf, trafficPage } from './measure/traffic-page.mjs';

const SCRAPE_SECONDS = 15;

/**
 * Measures the cost of the recording rules in a real Prometheus that scrapes the given number of tenants: how long one
 * evaluation of all rules takes, which must be below their interval, how many series they create, and how long the
 * queries of one tenant take.
 */
export default async function traffic({ args, log }) {
  const { tenants, environments, services, evaluations } = readFlags(args, {
    tenants: 1_000,
    environments: 2,
    services: 2,
    evaluations: 3,
  });
  const page = trafficPage({ tenants, environments, services });
  log(`${page.series} series of ${tenants} tenants`);
  const began = Date.now();
  const target = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/plain; version=0.0.4');
    answer.end(page.at((Date.now() - began) / 1000));
  }).listen(0, '127.0.0.1');
  await once(target, 'listening');
  const dir = mkdtempSync(join(tmpdir(), 'bulkhead-bench-'));
  const prometheus = await start(dir, target.address().port);
  try {
    const { groups, cpuSeconds } = await evaluated(prometheus, evaluations, log);
    const seconds = groups.map(({ evaluationTime }) => evaluationTime);
    const rules = groups[0].rules;
    const [recorded] = await ask(prometheus, 'count({__name__=~"bulkhead:.+"})');
    const query = tenantQueries(idOf(0), '1h').requests;
    const asked = await timed(20, 1, () => ask(prometheus, query));
    return {
      bench: 'traffic',
      tenants,
      environments,
      services,
      rules: rules.length,
      seriesRead: page.series,
      seriesRecorded: Number(recorded.value[1]),
      evaluationSeconds: round(median(seconds)),
      intervalSeconds: groups[0].interval,
      // Includes the reads in between; it hardly depends on other load on the machine.
      cpuSecondsPerEvaluation: round(cpuSeconds / evaluations),
      queryMs: ms(median(asked.durations)),
      failingRules: rules.filter(({ health }) => health !== 'ok').length,
    };
  } finally {
    prometheus.child.kill('SIGKILL');
    await prometheus.ended;
    target.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function start(dir, targetPort) {
  const port = await choosePort();
  const job = { job_name: 'all', honor_labels: true, static_configs: [{ targets: [`127.0.0.1:${targetPort}`] }] };
  const times = { scrape_interval: `${SCRAPE_SECONDS}s`, scrape_timeout: `${SCRAPE_SECONDS}s` };
  writeFileSync(join(dir, 'rules.yml'), ruleFileYaml());
  writeFileSync(
    join(dir, 'prometheus.yml'),
    JSON.stringify({ global: times, rule_files: ['rules.yml'], scrape_configs: [job] }),
  );
  const flags = [`--config.file=${dir}/prometheus.yml`, `--storage.tsdb.path=${dir}/data`, '--log.level=error'];
  const child = spawn(await prometheusBinary(), [...flags, `--web.listen-address=127.0.0.1:${port}`], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const server = { child, ended: once(child, 'exit'), url: `http://127.0.0.1:${port}` };
  const isReady = () =>
    fetch(`${server.url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(isReady, { timeoutMs: 60_000, what: 'the start of Prometheus' });
  return server;
}

/** Returns evaluations of the group, from the moment when all series exist. */
async function evaluated({ url, child }, count, log) {
  const seen = new Map();
  let cpuBefore = 0;
  const read = async () => {
    const [group] = (await (await fetch(`${url}/api/v1/rules`)).json()).data.groups;
    const isFull =
      group.rules.at(-1)?.health === 'ok' && (await ask({ url }, 'count(bulkhead:calls:rate5m)')).length > 0;
    if (!isFull || seen.has(group.lastEvaluation)) return false;
    seen.set(group.lastEvaluation, group);
    log(`evaluation ${seen.size}: ${ms(group.evaluationTime * 1000)} ms`);
    // The first evaluation saw two samples of some series and none of others.
    if (seen.size === 1) cpuBefore = cpuSecondsOf(child.pid);
    return seen.size > count;
  };
  await until(read, { timeoutMs: 600_000, what: 'the evaluation of all rules', intervalMs: 1_000 });
  return { groups: [...seen.values()].slice(1), cpuSeconds: cpuSecondsOf(child.pid) - cpuBefore };
}

/** Returns the processor time of a process, in user and system mode, from `/proc` (proc_pid_stat). */
function cpuSecondsOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function ask({ url }, query) {
  const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
  return (await answer.json()).data.result;
}
