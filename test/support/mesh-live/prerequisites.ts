import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

import { envoyBinary } from '../../../dev/envoy.mjs';
import { istioBinary, istioFolder } from '../../../dev/go-binaries.mjs';
import { type Missing } from '../requirements.js';

/** Commands that must work, and the packages of Debian that they come with. */
const programs: { command: [string, ...string[]]; from: string }[] = [
  { command: ['ip', '-V'], from: 'iproute2' },
  { command: ['iptables-restore', '--version'], from: 'iptables' },
  { command: ['setpriv', '--version'], from: 'util-linux' },
  { command: ['python3', '-m', 'pip', '--version'], from: 'python3-pip' },
];

/** Why real proxies cannot run here; null if they can. */
export const meshLiveMissing = whatIsMissing();

function whatIsMissing(): Missing | null {
  if (process.env['BULKHEAD_MESH_LIVE'] === '0') {
    return { reason: 'BULKHEAD_MESH_LIVE is 0', remedy: 'unset BULKHEAD_MESH_LIVE' };
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { reason: 'real proxies require Linux on x86-64', remedy: 'run them on such a machine' };
  }
  if (process.getuid?.() !== 0) {
    return {
      reason: 'real proxies need network namespaces, which only root creates',
      remedy: 'run `npm test` as root',
    };
  }
  const missing = programs.find(({ command: [program, ...args] }) => spawnSync(program, args).status !== 0);
  if (missing !== undefined) {
    const reason = `\`${missing.command.join(' ')}\` does not work on this machine`;
    return { reason, remedy: `install ${missing.from} (Debian: apt-get install ${missing.from})` };
  }
  const probe = `bhmesh-probe-${process.pid}`;
  if (spawnSync('ip', ['netns', 'add', probe]).status !== 0) {
    return {
      reason: 'network namespaces cannot be created here',
      remedy: 'run in a container with SYS_ADMIN, or in none',
    };
  }
  spawnSync('ip', ['netns', 'delete', probe]);
  return null;
}

/** The programs that run in a pod next to the application. */
export interface ProxyPrograms {
  agent: string;
  envoy: string;
  /** The template for Envoy's configuration. */
  bootstrap: string;
}

/** Copies the programs to a folder from which an unprivileged user can run them: the cache is private to its owner. */
export async function copyPrograms(dir: string): Promise<ProxyPrograms> {
  const folder = path.join(dir, 'programs');
  mkdirSync(folder);
  const copy = (name: string, source: string): string => {
    const target = path.join(folder, name);
    copyFileSync(source, target);
    chmodSync(target, 0o755);
    return target;
  };
  return {
    agent: copy('pilot-agent', await istioBinary('pilot-agent')),
    envoy: copy('envoy', await envoyBinary()),
    bootstrap: copy('bootstrap.json', path.join(await istioFolder(), 'tools/packaging/common/envoy_bootstrap.json')),
  };
}
