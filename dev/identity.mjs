import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Returns what distinguishes a process from a later one with the same id: its start time. Undefined if no such process
 * runs. With the id alone, another process could be mistaken for ours after a reboot.
 */
export function processIdentity(pid) {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
    }
    // The second field is the command in brackets, which can itself contain spaces and brackets.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    if (state === 'Z' || state === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** Reports whether the process recorded as `{pid, identity}` is still running. */
export function isAlive(record) {
  return record?.identity !== undefined && processIdentity(record.pid) === record.identity;
}

/** Returns the record of a running process for `isAlive`. */
export function recordOf(pid) {
  return { pid, identity: processIdentity(pid) };
}

/** Resolves to true if the recorded process ended within the time. */
async function waitForEnd(record, timeoutMs) {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(record)) {
    if (Date.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}

/** Ends a process that an earlier start left behind: waits for it, then signals it, then kills it. */
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
