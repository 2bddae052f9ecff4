import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PREFIX = 'bhmesh';

/** A bridge on this machine with network namespaces, like the pod network of one node. */
export interface PodNetwork {
  /** The address of this machine in the network. */
  readonly host: string;
  /**
   * Adds a network namespace, and returns it with its address.
   * @param names addresses of host names, which programs in the namespace find in /etc/hosts
   */
  addPod(names?: Record<string, string>): Promise<{ netns: string; ip: string }>;
  stop(): Promise<void>;
}

/**
 * Creates a pod network with addresses reserved for network tests (198.18.0.0/15, RFC 2544), and removes those of test
 * runs that were killed before they could. It has no route out of this machine.
 */
export async function createPodNetwork(): Promise<PodNetwork> {
  await removeAbandoned();
  const bridge = `${PREFIX}${process.pid}`;
  // Concurrent test runs have different process ids.
  const subnet = `198.18.${process.pid % 256}`;
  const host = `${subnet}.1`;
  await ip('link', 'add', bridge, 'type', 'bridge');
  await ip('address', 'add', `${host}/24`, 'dev', bridge);
  await ip('link', 'set', bridge, 'up');
  let last = 1;
  return {
    host,
    addPod: async (names = {}) => {
      last += 1;
      const [netns, address, outside] = [`${bridge}-${last}`, `${subnet}.${last}`, `bh${process.pid}-${last}`];
      await ip('netns', 'add', netns);
      writeNames(netns, { localhost: '127.0.0.1', ...names });
      await ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', netns);
      await ip('link', 'set', outside, 'master', bridge, 'up');
      await ip('-n', netns, 'address', 'add', `${address}/24`, 'dev', 'eth0');
      for (const device of ['lo', 'eth0']) await ip('-n', netns, 'link', 'set', device, 'up');
      // Addresses of Services do not exist, but a connection to them needs a route before it is redirected.
      await ip('-n', netns, 'route', 'add', 'default', 'via', host);
      return { netns, ip: address };
    },
    stop: () => removeAll(process.pid),
  };
}

/** `ip netns exec` puts the files of this folder over those of /etc (ip-netns(8)). */
const filesOf = (netns: string): string => `/etc/netns/${netns}`;

function writeNames(netns: string, names: Record<string, string>): void {
  mkdirSync(filesOf(netns), { recursive: true });
  const lines = Object.entries(names).map(([name, address]) => `${address} ${name}\n`);
  writeFileSync(`${filesOf(netns)}/hosts`, lines.join(''));
}

async function removeAbandoned(): Promise<void> {
  const { stdout } = await run('ip', ['-oneline', 'link', 'show', 'type', 'bridge']);
  for (const [, pid] of stdout.matchAll(new RegExp(`${PREFIX}(\\d+):`, 'g'))) {
    if (!isAlive(Number(pid))) await removeAll(Number(pid));
  }
}

async function removeAll(pid: number): Promise<void> {
  const { stdout } = await run('ip', ['netns', 'list']);
  const names = stdout.split('\n').map((line) => line.split(' ')[0] ?? '');
  for (const name of names.filter((each) => each.startsWith(`${PREFIX}${pid}-`))) {
    await ip('netns', 'delete', name);
    rmSync(filesOf(name), { recursive: true, force: true });
  }
  await ip('link', 'delete', `${PREFIX}${pid}`);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function ip(...args: string[]): Promise<void> {
  await run('ip', args);
}
