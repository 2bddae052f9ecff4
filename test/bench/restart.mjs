import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { choosePort } from '../../dev/ports.mjs';
import { readFlags } from './measure/flags.mjs';
import { cpuOf, memoryOf, pidOf, untilQuiet } from './measure/processes.mjs';
import { prepare } from './measure/setting.mjs';
import { median, ms, pause, until } from './measure/statistics.mjs';

const START_TIMEOUT_MS = 300_000;

/**
 * Measures the start of a worker where many tenants exist: the time until it watches all of their objects, its peak of
 * memory until it is at rest, and the requests that this takes. The worker runs next to the first one, which is idle.
 */
export default async function restart({ args, log, ...context }) {
  const flags = readFlags(args, { tenants: 5_000, rounds: 3, concurrency: 32, plan: 'team' });
  const { tenants, rounds, concurrency, plan } = flags;
  const setting = await prepare(context, plan);
  const { bulkhead, cluster, raw, requests, run } = setting;
  log(`provisioning ${tenants} tenants`);
  await bulkhead.provision(`bench-${run}`, tenants, concurrency, plan);

  const results = { readyMs: [], cpuMs: [], highestMb: [], restMb: [], lists: [], reads: [], writes: [] };
  for (let number = 0; number < rounds; number++) {
    await untilQuiet();
    const [before, listsBefore] = [await requests.soFar(), await lists(cluster)];
    const worker = await startWorker();
    await untilQuiet({ timeoutMs: 120_000 });
    const { reads, writes } = await requests.since(before);
    const { rssMb, highestMb } = memoryOf(worker.pid);
    const round = { readyMs: worker.readyMs, cpuMs: worker.cpuMs, highestMb, restMb: rssMb, reads, writes };
    for (const [name, value] of Object.entries({ ...round, lists: (await lists(cluster)) - listsBefore })) {
      results[name].push(value);
    }
    log(`round ${number + 1}: ready after ${ms(worker.readyMs)} ms, at most ${highestMb} MB, ${reads} reads`);
    await worker.stop();
  }
  await setting.close();
  return {
    bench: 'restart',
    tenants: tenants + 1,
    rounds,
    objectsPerTenant: raw.objectCount,
    readyMs: ms(median(results.readyMs)),
    cpuMsUntilReady: ms(median(results.cpuMs)),
    slowestReadyMs: ms(Math.max(...results.readyMs)),
    highestMb: Math.max(...results.highestMb),
    restMb: median(results.restMb),
    lists: median(results.lists),
    apiReads: Math.max(...results.reads),
    apiWrites: Math.max(...results.writes),
  };
}

/** Lists of any kind that the API server has answered. Nobody else lists anything while a worker starts. */
function lists(cluster) {
  return cluster.metric('apiserver_request_total', 'verb="LIST"');
}

/** Starts a worker like the one that runs, and waits until it watches every kind. */
async function startWorker() {
  const running = `/proc/${pidOf('worker')}`;
  const [command, ...args] = nullSeparated(`${running}/cmdline`);
  const env = Object.fromEntries(nullSeparated(`${running}/environ`).map((entry) => entry.split(/=(.*)/s)));
  const port = await choosePort();
  const startedAt = performance.now();
  const child = spawn(command, args, {
    env: { ...env, BULKHEAD_MONITORING_PORT: String(port) },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const isReady = async () => {
    if (child.exitCode !== null) throw new Error(`the worker ended:\n${output}`);
    return output.includes('"msg":"worker ready"') && watchesAll(await metrics(port));
  };
  await until(isReady, { timeoutMs: START_TIMEOUT_MS, what: 'the start of the worker' });
  const [readyMs, cpuMs] = [performance.now() - startedAt, cpuOf(child.pid)];
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    await pause(500);
  };
  return { pid: child.pid, readyMs, cpuMs, stop };
}

function watchesAll(text) {
  const hasAsked = /^bulkhead_kube_request_duration_seconds_count\{method="GET",code="200"\}/m.test(text);
  return hasAsked && !/^bulkhead_unwatched_kinds\{/m.test(text);
}

async function metrics(port) {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => null);
  return answer === null ? '' : answer.text();
}

function nullSeparated(path) {
  return readFileSync(path, 'utf8')
    .split('\0')
    .filter((part) => part !== '');
}
