import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * What tells a process from a later one with the same number: when it started. Undefined when no such process
 * runs. A number alone would take a stranger for our own after a reboot.
 */
export function processIdentity(pid) {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
    }
    // The second field is the command in brackets and may itself hold spaces and brackets.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    if (state === 'Z' || state === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** Whether the process that was recorded as `{pid, identity}` still runs. */
export function isAlive(record) {
  return record?.identity !== undefined && processIdentity(record.pid) === record.identity;
}

/** The record of a running process, to be looked up later by `isAlive`. */
export function recordOf(pid) {
  return { pid, identity: processIdentity(pid) };
}

/** Resolves to whether the recorded process ended within the time. */
async function waitForEnd(record, timeoutMs) {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(record)) {
    if (Date.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}

/** Ends a process that an earlier start left behind: waits for it, asks it, then insists. */
export async function endLeftover(record, { waitMs, signal = 'SIGTERM', graceMs = 5_000 }) {
  if (await waitForEnd(record, waitMs)) return;
  sendSignal(record, signal);
  if (await waitForEnd(record, graceMs)) return;
  sendSignal(record, 'SIGKILL');
  await waitForEnd(record, 5_000);
}

function sendSignal(record, signal) {
  if (!isAlive(record)) return;
  try {
    process.kill(record.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
