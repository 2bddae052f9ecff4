import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from './failure.mjs';
import { recordOf } from './identity.mjs';

const keeper = fileURLToPath(new URL('./keeper.mjs', import.meta.url));

/**
 * The order in which processes are stopped. An API server whose etcd stopped first hangs, and an API whose database
 * stopped first logs meaningless errors.
 */
const stopOrder = [
  'command',
  'worker',
  'api',
  'login',
  'kube-controller-manager',
  'kube-apiserver',
  'etcd',
  'postgres',
];

/**
 * Starts processes and ends all of them. Each gets a pipe as standard input and exits when that closes, so none
 * outlives this process; each leads its own process group, so Ctrl-C at the terminal reaches only this process, which
 * then stops them in order.
 */
export class Supervisor {
  #running = new Map();
  #stopping;
  #reportFailure;
  #hasFailed = false;
  /** Rejects when a process ends unexpectedly. */
  failed = new Promise((_resolve, reject) => (this.#reportFailure = reject));

  constructor() {
    // A caller that awaits `failed` sees the rejection; without one it must not end Node.
    this.failed.catch(() => (this.#hasFailed = true));
  }

  /** True once `stopAll` was called: nothing can be started any more. */
  get stopping() {
    return this.#stopping !== undefined;
  }

  /**
   * Starts a long-running process.
   * @param {object} what
   * @param {string} what.name one of the names in `stopOrder`
   * @param {string} what.logFile output is appended to it
   * @param {boolean} [what.kept] run it under the keeper, for programs that do not watch standard input
   */
  start({ name, command, args = [], env = process.env, cwd, logFile, graceMs = 15_000, kept }) {
    const log = openSync(logFile, 'a', 0o600);
    try {
      return this.#spawn({ name, command, args, env, cwd, output: [log, log], graceMs, kept, logFile, service: true });
    } finally {
      closeSync(log);
    }
  }

  /**
   * Runs a command to completion and resolves to `{code, output, errors}`; `onLine` receives its output line by line.
   */
  async run({
    command,
    args = [],
    env = process.env,
    cwd,
    onLine,
    show = false,
    separateErrors = false,
    spawnOptions = {},
  }) {
    const output = show ? ['inherit', 'inherit'] : ['pipe', 'pipe'];
    const kept = { signal: 'SIGTERM', graceMs: 5_000, wholeGroup: true, options: spawnOptions };
    const running = this.#spawn({ name: 'command', command, args, env, cwd, output, graceMs: 8_000, kept });
    let text = '';
    let errors = '';
    const collect = (chunk) => {
      text += chunk;
      for (const line of String(chunk).split('\n')) if (line.trim()) onLine?.(line.trim());
    };
    running.child.stdout?.setEncoding('utf8').on('data', collect);
    running.child.stderr?.setEncoding('utf8').on('data', separateErrors ? (chunk) => (errors += chunk) : collect);
    const { code } = await running.closed;
    return { code, output: text, errors };
  }

  /** Stops everything in order and waits. Another call waits for the same stop. */
  stopAll() {
    this.#stopping ??= (async () => {
      for (const name of stopOrder) {
        const group = [...this.#running.values()].filter((each) => each.name === name);
        await Promise.all(group.map((each) => each.stop()));
      }
    })();
    return this.#stopping;
  }

  /**
   * After a failure other processes wait in vain for the dead one, such as an API server for its etcd. Only Postgres
   * has data to lose.
   */
  #graceFor(name, graceMs) {
    return this.#hasFailed && name !== 'postgres' ? 3_000 : graceMs;
  }

  #spawn({ name, command, args, env, cwd, output, graceMs, kept, logFile, service = false }) {
    if (this.stopping) throw new Failure('Stopped while starting.');
    const [program, programArgs] = kept
      ? [process.execPath, [keeper, JSON.stringify(kept), command, ...args]]
      : [command, args];
    const child = spawn(program, programArgs, { env, cwd, stdio: ['pipe', ...output], detached: true });
    // Writing to a process that has ended is not an error: its end is reported separately.
    child.stdin.on('error', () => {});
    let expected = !service;
    const ended = new Promise((resolve) => {
      child.once('error', (error) => resolve({ code: 127, signal: null, error }));
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    const closed = new Promise((resolve) => {
      child.once('error', () => resolve({ code: 127 }));
      child.once('close', (code, signal) => resolve({ code: code ?? 1, signal }));
    });
    const running = {
      name,
      child,
      pid: child.pid,
      logFile,
      record: child.pid === undefined ? undefined : recordOf(child.pid),
      ended,
      closed,
      stop: async (signal = 'SIGTERM') => {
        expected = true;
        child.kill(signal);
        const insist = setTimeout(() => child.kill('SIGKILL'), this.#graceFor(name, graceMs));
        await ended;
        clearTimeout(insist);
      },
    };
    this.#running.set(running, running);
    void ended.then((end) => {
      this.#running.delete(running);
      child.stdin.destroy();
      if (!expected) this.#reportFailure(unexpectedEnd(running, end));
    });
    return running;
  }
}

/** Moves the log of the last start aside, so that each start has its own and the disk does not fill up. */
export function freshLog(path) {
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path)) renameSync(path, `${path}.1`);
  return path;
}

/** Returns the last lines of a log file, indented for the terminal. */
function lastLines(path, count = 12) {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const lines = text.trimEnd().split('\n').slice(-count);
  return lines.map((line) => `    ${line.slice(0, 400)}`).join('\n');
}

/** Polls until the condition is true; fails if the process ends first or the time is up. */
export async function waitUntil(condition, { running, what, timeoutMs, intervalMs = 50 }) {
  const deadline = Date.now() + timeoutMs;
  let end;
  void running?.ended.then((value) => (end = value));
  while (!(await condition())) {
    if (end !== undefined) throw unexpectedEnd(running, end);
    if (Date.now() > deadline) {
      const log = running?.logFile ? `\n${lastLines(running.logFile)}` : '';
      throw new Failure(`${what} was not ready after ${Math.round(timeoutMs / 1000)} s.${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}

function unexpectedEnd(running, { code, signal, error }) {
  const how = error ? error.message : signal ? `was ended by ${signal}` : `ended with code ${code}`;
  return new Failure(`${running.name} ${how}. Its last lines (${running.logFile}):\n${lastLines(running.logFile)}`);
}
