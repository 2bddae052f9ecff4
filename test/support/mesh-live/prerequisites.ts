import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

import { envoyBinary } from '../../../dev/envoy.mjs';
import { istioBinary, istioFolder } from '../../../dev/go-binaries.mjs';

const programs: [string, ...string[]][] = [
  ['ip', '-V'],
  ['iptables-restore', '--version'],
  ['setpriv', '--version'],
  ['python3', '-m', 'pip', '--version'],
];

/** The reason why real proxies cannot run here; null if they can. */
export const meshLiveMissing = whatIsMissing();

function whatIsMissing(): string | null {
  if (process.env['BULKHEAD_MESH_LIVE'] === '0') return 'BULKHEAD_MESH_LIVE is 0';
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'it requires Linux on x86-64';
  if (process.getuid?.() !== 0) return 'it creates network namespaces, which requires root';
  const missing = programs.find(([program, ...args]) => spawnSync(program, args).status !== 0);
  if (missing !== undefined) return `\`${missing.join(' ')}\` does not work on this machine`;
  const probe = `bhmesh-probe-${process.pid}`;
  if (spawnSync('ip', ['netns', 'add', probe]).status !== 0) return 'network namespaces cannot be created here';
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
