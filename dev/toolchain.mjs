import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from './environment.mjs';
import { Failure } from './failure.mjs';
import { waitForLock } from './lock.mjs';
import { defaultDataDir, root } from './paths.mjs';
import { readJson } from './private-files.mjs';
import { step } from './progress.mjs';

const oldestNode = [22, 19];
const ownNode = join(root, 'node_modules/node/bin/node');

/** Reports whether this Node can run Bulkhead itself, and not only this starter. */
export function isNodeNewEnough(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
}

/** Runs this script again with the same arguments on the Node from the dependencies. */
export function runOnOwnNode(script, args) {
  if (!existsSync(ownNode)) {
    throw new Failure(
      `Node ${oldestNode.join('.')} or newer is required, and the npm package "node" did not provide it: its install ` +
        'script was not run. Install a newer Node, or run `npm rebuild node`.',
    );
  }
  // The channel lets the other process notice when this one is killed.
  const child = spawn(ownNode, [script, ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  const code = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode, signal) => {
      if (signal) console.error(`\nEnded by ${signal}.`);
      resolve(exitCode ?? 1);
    });
  });
  return { code, forward: (signal) => child.kill(signal) };
}

/** Serializes installing dependencies and compiling: other processes wait. */
export async function withSetupLock(work) {
  mkdirSync(defaultDataDir, { recursive: true });
  let reported = false;
  const release = await waitForLock(join(defaultDataDir, 'setup.lock'), (pid) => {
    if (!reported) console.log(`  … process ${pid} is setting up this folder; waiting for it`);
    reported = true;
  });
  try {
    return await work();
  } finally {
    release();
  }
}

/** Installs the dependencies if they are missing or differ from package-lock.json. */
export async function ensureDependencies(supervisor) {
  if (areDependenciesInstalled()) return;
  await withSetupLock(async () => {
    if (areDependenciesInstalled()) return;
    await step('Install dependencies', async (tell) => {
      const { code, output } = await supervisor.run({
        command: 'npm',
        args: ['ci', '--include=dev', '--no-audit', '--no-fund'],
        cwd: root,
        env: childEnvironment(),
        onLine: tell,
      });
      if (code !== 0) throw new Failure(`\`npm ci\` failed:\n${tail(output, 20)}`);
    });
  });
}

/**
 * Compares what npm recorded as installed with the lockfile. Timestamps are not enough: a checkout touches the
 * lockfile, and an interrupted installation touches the folder.
 */
function areDependenciesInstalled() {
  const locked = readJson(join(root, 'package-lock.json'))?.packages ?? {};
  const installed = readJson(join(root, 'node_modules/.package-lock.json'))?.packages;
  if (!installed) return false;
  return Object.entries(locked).every(
    ([path, { version, optional, integrity }]) =>
      path === '' ||
      (installed[path] ? installed[path].version === version && installed[path].integrity === integrity : optional),
  );
}

/** Returns the last lines of a text. */
export function tail(text, count) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
