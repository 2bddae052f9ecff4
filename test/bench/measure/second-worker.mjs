import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { choosePort } from '../../../dev/ports.mjs';
import { cpuOf, pidOf } from './processes.mjs';
import { pause, until } from './statistics.mjs';

const START_TIMEOUT_MS = 300_000;

/**
 * Starts a worker like the one that runs, and waits until it watches every kind.
 * @returns {Promise<{ pid: number, readyMs: number, cpuMs: number, stop: () => Promise<void> }>} the time and its own
 *   processor time until then
 */
export async function startWorker() {
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
