import { readdirSync, readFileSync } from 'node:fs';
import { median, ms, pause, round } from './statistics.mjs';

/** /proc counts processor time in hundredths of a second (USER_HZ) on every Linux. */
const TICK_MS = 10;

const programs = [
  ['etcd', (argv) => argv[1] === 'etcd'],
  ['apiServer', (argv) => argv[1] === 'kube-apiserver'],
  ['controllerManager', (argv) => argv[1] === 'kube-controller-manager'],
  ['postgres', (argv) => /(^|\/)postgres$/.test(argv[0]) || argv[0].startsWith('postgres:')],
  ['api', (argv) => argv.some((argument) => argument.endsWith('apps/api/src/main.js'))],
  ['worker', (argv) => argv.some((argument) => argument.endsWith('apps/worker/src/main.js'))],
];

/** Returns the process ids of the stack by program, among all descendants of this process. */
function pidsByProgram() {
  const found = Object.fromEntries(programs.map(([name]) => [name, []]));
  const stats = new Map();
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? readStat(Number(entry)) : undefined;
    if (stat) stats.set(stat.pid, stat);
  }
  for (const { pid } of stats.values()) {
    if (!descends(pid, stats)) continue;
    const argv = read(`/proc/${pid}/cmdline`).split('\0');
    // The supervising process has the name of its program among its own arguments.
    if (argv.some((argument) => argument.endsWith('dev/keeper.mjs'))) continue;
    const program = programs.find(([, matches]) => matches(argv));
    if (program) found[program[0]].push(pid);
  }
  return found;
}

function descends(pid, stats) {
  for (let parent = stats.get(pid)?.parent; parent; parent = stats.get(parent)?.parent) {
    if (parent === process.pid) return true;
  }
  return false;
}

/** Returns the process id of the API or the worker. */
export function pidOf(program) {
  const [pid] = pidsByProgram()[program];
  if (pid === undefined) throw new Error(`the ${program} is not running`);
  return pid;
}

/** Returns the processor time so far in milliseconds, by program; `client` is this process. */
export function cpu() {
  const { user, system } = process.cpuUsage();
  const used = { client: (user + system) / 1000 };
  for (const [name, pids] of Object.entries(pidsByProgram())) {
    used[name] = pids.reduce((sum, pid) => sum + (readStat(pid)?.cpuMs ?? 0), 0);
  }
  return used;
}

/** Returns the processor time of one process so far, in milliseconds. */
export function cpuOf(pid) {
  return readStat(pid)?.cpuMs ?? 0;
}

/** Returns the processor time since `before`, in milliseconds per unit of work. */
export function cpuSince(before, units) {
  const after = cpu();
  return Object.fromEntries(
    Object.entries(after).map(([name, used]) => [name, Math.round(((used - before[name]) / units) * 100) / 100]),
  );
}

/**
 * Returns the processor time of the whole stack since `before`, in milliseconds per unit of work, once the stack is
 * idle: including the work in the control plane that goes on after the end of a round.
 */
export async function cpuInAllSince(before, units) {
  return sumOf(await cpuAtRestSince(before, units));
}

/** Returns the same by program. */
export async function cpuAtRestSince(before, units) {
  await untilQuiet();
  return cpuSince(before, units);
}

/** Returns the sum over all programs. */
export function sumOf(cpuByProgram) {
  return Object.values(cpuByProgram).reduce((sum, used) => sum + used, 0);
}

/** Returns the medians of `cpuInAll` of our rounds and of those of the raw loop, and their ratio. */
export function cpuInAll(ours, theirs) {
  const [all, rawAll] = [ours, theirs].map((rounds) => median(rounds.map((each) => each.cpuInAll)));
  return { cpuMsInAll: ms(all), rawCpuMsInAll: ms(rawAll), inAllCpuRatio: round(all / rawAll) };
}

/** Returns the memory of a program in megabytes: now, and its maximum so far. */
export function memory(program) {
  return memoryOf(pidOf(program));
}

/** Returns the memory of a process, as `memory`. */
export function memoryOf(pid) {
  const status = read(`/proc/${pid}/status`);
  const megabytes = (field) => Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024);
  return { rssMb: megabytes('VmRSS'), highestMb: megabytes('VmHWM') };
}

/** Waits until the stack is nearly idle, so that no round pays for the work that the previous one left. */
export async function untilQuiet({ timeoutMs = 20_000 } = {}) {
  const [stepMs, idleShare] = [400, 0.15];
  const total = () => Object.entries(cpu()).reduce((sum, [name, used]) => sum + (name === 'client' ? 0 : used), 0);
  const deadline = performance.now() + timeoutMs;
  for (let before = total(); performance.now() < deadline;) {
    await pause(stepMs);
    const after = total();
    if (after - before < stepMs * idleShare) return;
    before = after;
  }
}

function readStat(pid) {
  const text = read(`/proc/${pid}/stat`);
  if (text === '') return undefined;
  // The second field is the command in brackets and may itself contain spaces and brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // Its own time and that of exited children, such as Postgres' connections.
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid, parent: Number(fields[1]), cpuMs: ticks * TICK_MS };
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
