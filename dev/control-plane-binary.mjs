import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { childEnvironment } from './environment.mjs';
import { Failure } from './failure.mjs';
import { waitForLock } from './lock.mjs';
import { root } from './paths.mjs';
import { Supervisor } from './processes.mjs';

const moduleDir = join(root, 'dev/control-plane');
const sources = ['go.mod', 'go.sum', 'main.go'];
const oldestGo = { major: 1, minor: 26 };

const version = 'k8s.io/component-base/version';
const buildArguments = [
  ...['build', '-trimpath', '-v', '-ldflags'],
  `-s -w -X ${version}.gitVersion=v1.36.3 -X ${version}.gitMajor=1 -X ${version}.gitMinor=36`,
];
/** Settings of this machine that would build something else, or look for a go.work above the repository. */
const buildEnvironment = { CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '' };

const withoutGo = `A Kubernetes cluster is needed, and there is neither one given nor Go to build one.

Either install Go ${oldestGo.major}.${oldestGo.minor} or newer (https://go.dev/dl/), so that Bulkhead builds its own small
control plane (a real Kubernetes API server; the first time takes about five minutes):
  npm start

or name a kubeconfig of a cluster for development, for example of kind or k3d:
  kind create cluster --name bulkhead --kubeconfig bulkhead.kubeconfig
  BULKHEAD_KUBECONFIG=bulkhead.kubeconfig npm start

  k3d cluster create bulkhead --kubeconfig-update-default=false
  k3d kubeconfig get bulkhead > bulkhead.kubeconfig
  npm start -- --kubeconfig bulkhead.kubeconfig

KUBECONFIG and ~/.kube/config are never used.`;

/**
 * The path of the development control plane, built first when this version of it was never built by this user.
 * @param {{ supervisor?: Supervisor, tell?: (detail: string) => void }} [options]
 */
export async function controlPlaneBinary({ supervisor = new Supervisor(), tell = () => {} } = {}) {
  const binary = binaryPath();
  if (existsSync(binary)) return binary;
  mkdirSync(dirname(binary), { recursive: true });
  const release = await waitForLock(`${binary}.lock`, (pid) => tell(`process ${pid} builds it already`));
  try {
    if (!existsSync(binary)) await build(binary, supervisor, tell);
  } finally {
    release();
  }
  return binary;
}

/** The path of the development control plane, or undefined when it must be built first. */
export function builtControlPlane() {
  const binary = binaryPath();
  return existsSync(binary) ? binary : undefined;
}

function binaryPath() {
  return join(cacheFolder(), 'bulkhead', `control-plane-${fingerprint(goVersion())}`);
}

async function build(binary, supervisor, tell) {
  const unfinished = `${binary}.${randomUUID()}.tmp`;
  let compiled = 0;
  const { code, output } = await supervisor.run({
    command: 'go',
    args: [...buildArguments, '-o', unfinished, '.'],
    cwd: moduleDir,
    env: childEnvironment(buildEnvironment),
    onLine: (line) => tell(line.startsWith('go: downloading') ? line.slice(4) : `${++compiled} packages compiled`),
  });
  if (code !== 0) {
    rmSync(unfinished, { force: true });
    throw new Failure(`The development control plane could not be built:\n${output.split('\n').slice(-15).join('\n')}`);
  }
  renameSync(unfinished, binary);
}

function goVersion() {
  const { status, stdout, stderr } = spawnSync('go', ['env', 'GOVERSION', 'GOOS', 'GOARCH'], {
    cwd: moduleDir,
    env: childEnvironment(buildEnvironment),
    encoding: 'utf8',
  });
  if (status === null) throw new Failure(withoutGo);
  const found = /^go(\d+)\.(\d+)/.exec(stdout);
  const isOldEnough =
    found && (Number(found[1]) > oldestGo.major || Number(found[2]) >= oldestGo.minor) && status === 0;
  if (!isOldEnough) {
    const reason = stdout.split('\n')[0] || stderr.trim().split('\n').at(-1);
    throw new Failure(
      `Go ${oldestGo.major}.${oldestGo.minor} or newer is needed; \`go\` is: ${reason}\n\n${withoutGo}`,
    );
  }
  return stdout;
}

function fingerprint(go) {
  const hash = createHash('sha256')
    .update(go)
    .update(JSON.stringify([buildArguments, buildEnvironment]));
  for (const source of sources) hash.update('\0').update(readFileSync(join(moduleDir, source)));
  return hash.digest('hex').slice(0, 16);
}

function cacheFolder() {
  if (process.env.XDG_CACHE_HOME) return process.env.XDG_CACHE_HOME;
  return join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache');
}
