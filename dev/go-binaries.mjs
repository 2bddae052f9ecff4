import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { childEnvironment } from './environment.mjs';
import { Failure } from './failure.mjs';
import { waitForLock } from './lock.mjs';
import { cacheFolder, root } from './paths.mjs';
import { Supervisor } from './processes.mjs';

const oldestGo = { major: 1, minor: 26 };

const version = 'k8s.io/component-base/version';
/** The development control plane: a real Kubernetes API server. */
const controlPlane = {
  title: 'development control plane',
  name: 'control-plane',
  moduleDir: join(root, 'dev/control-plane'),
  linkerFlags: `-s -w -X ${version}.gitVersion=v1.36.3 -X ${version}.gitMajor=1 -X ${version}.gitMinor=36`,
};
/** The program with which the API compiles and tests policies. */
const policyJudge = {
  title: 'policy judge',
  name: 'policy-judge',
  moduleDir: join(root, 'apps/policy-judge'),
  linkerFlags: '-s -w',
};
/** OPA Gatekeeper, for tests. */
const gatekeeper = {
  title: 'Gatekeeper',
  name: 'gatekeeper',
  moduleDir: join(root, 'dev/gatekeeper'),
  target: 'github.com/open-policy-agent/gatekeeper/v3',
  linkerFlags: '-s -w',
};
/**
 * Prometheus and promtool, for tests; without service discovery, which is most of their size, and without the web UI.
 */
const prometheus = {
  title: 'Prometheus',
  name: 'prometheus',
  moduleDir: join(root, 'dev/prometheus'),
  target: 'github.com/prometheus/prometheus/cmd/prometheus',
  linkerFlags: '-s -w',
  tags: 'remove_all_sd',
};
const promtool = {
  ...prometheus,
  title: 'promtool',
  name: 'promtool',
  target: 'github.com/prometheus/prometheus/cmd/promtool',
};
/** Helm, for tests of the chart. */
const helm = {
  title: 'Helm',
  name: 'helm',
  moduleDir: join(root, 'dev/helm'),
  target: 'helm.sh/helm/v4/cmd/helm',
  linkerFlags: '-s -w',
};
/** oasdiff, for tests: it tells which changes of an OpenAPI document break clients. */
const oasdiff = {
  title: 'oasdiff',
  name: 'oasdiff',
  moduleDir: join(root, 'dev/oasdiff'),
  target: 'github.com/oasdiff/oasdiff',
  linkerFlags: '-s -w',
};
/** Istio, for tests: its programs, and a client in this module that queries istiod like a proxy. */
const istio = Object.fromEntries(
  Object.entries({
    istiod: 'istio.io/istio/pilot/cmd/pilot-discovery',
    istioctl: 'istio.io/istio/istioctl/cmd/istioctl',
    'pilot-agent': 'istio.io/istio/pilot/cmd/pilot-agent',
    xds: './xds',
  }).map(([name, target]) => [
    name,
    {
      title: `Istio's ${name}`,
      name: `istio-${name}`,
      moduleDir: join(root, 'dev/istio'),
      target,
      linkerFlags: '-s -w',
    },
  ]),
);
/** The programs that only tests start, each with the call by which a test gets its path. */
export const testPrograms = {
  ...Object.fromEntries(
    Object.entries({ gatekeeper, prometheus, promtool, helm, oasdiff }).map(([name, program]) => [
      name,
      { program, call: `${name}Binary()` },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(istio).map(([name, program]) => [program.name, { program, call: `istioBinary('${name}')` }]),
  ),
};

/** Overrides settings of this machine that would change the build, or use a go.work above the repository. */
const buildEnvironment = { CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '' };

const withoutGo = `Bulkhead needs a Kubernetes cluster, but none is configured and Go is not installed to build one.

Either install Go ${oldestGo.major}.${oldestGo.minor} or newer (https://go.dev/dl/), so that Bulkhead can build its own small
control plane (a real Kubernetes API server; the first build takes about five minutes):
  npm start

or set a kubeconfig of a development cluster, for example kind or k3d:
  kind create cluster --name bulkhead --kubeconfig bulkhead.kubeconfig
  BULKHEAD_KUBECONFIG=bulkhead.kubeconfig npm start

  k3d cluster create bulkhead --kubeconfig-update-default=false
  k3d kubeconfig get bulkhead > bulkhead.kubeconfig
  npm start -- --kubeconfig bulkhead.kubeconfig

KUBECONFIG and ~/.kube/config are never used.`;

/**
 * Returns the path of the development control plane, after building it if this user has not built this version yet.
 * @param {BuildOptions} [options]
 */
export function controlPlaneBinary(options) {
  return goBinary(controlPlane, options);
}

/** Returns the path of the development control plane, or undefined if it is not built yet. */
export function builtControlPlane() {
  return built(controlPlane);
}

/**
 * Returns the path of the policy judge, after building it if needed.
 * @param {BuildOptions} [options]
 */
export function policyJudgeBinary(options) {
  return goBinary(policyJudge, options);
}

/**
 * Returns the path of OPA Gatekeeper, after building it if needed.
 * @param {BuildOptions} [options]
 */
export function gatekeeperBinary(options) {
  return goBinary(gatekeeper, options);
}

/**
 * Returns the path of Prometheus, after building it if needed.
 * @param {BuildOptions} [options]
 */
export function prometheusBinary(options) {
  return goBinary(prometheus, options);
}

/**
 * Returns the path of promtool, after building it if needed.
 * @param {BuildOptions} [options]
 */
export function promtoolBinary(options) {
  return goBinary(promtool, options);
}

/**
 * Returns the path of Helm, after building it if needed.
 * @param {BuildOptions} [options]
 */
export function helmBinary(options) {
  return goBinary(helm, options);
}

/**
 * Returns the path of oasdiff, after building it if needed.
 * @param {BuildOptions} [options]
 */
export function oasdiffBinary(options) {
  return goBinary(oasdiff, options);
}

/**
 * Returns the path of one of Istio's programs, after building it if needed.
 * @param {'istiod' | 'istioctl' | 'pilot-agent' | 'xds'} name
 * @param {BuildOptions} [options]
 */
export function istioBinary(name, options) {
  return goBinary(istio[name], options);
}

/** Returns the folder of Istio's sources, from which its programs are built, after downloading it if needed. */
export async function istioFolder({ supervisor = new Supervisor() } = {}) {
  const { code, output, errors } = await supervisor.run({
    command: 'go',
    args: ['mod', 'download', '-json', 'istio.io/istio'],
    cwd: join(root, 'dev/istio'),
    env: childEnvironment(buildEnvironment),
    separateErrors: true,
  });
  if (code !== 0) throw new Failure(`The sources of Istio could not be downloaded:\n${errors || output}`);
  return JSON.parse(output).Dir;
}

/** Returns the path of the policy judge, or undefined if it is not built yet. */
export function builtPolicyJudge() {
  return built(policyJudge);
}

/**
 * Returns those programs of tests that are not built yet.
 * @param {readonly (keyof typeof testPrograms)[]} names
 */
export function unbuiltPrograms(names) {
  return names
    .map((name) => testPrograms[name].program)
    .filter((program) => built(program) === undefined)
    .map((program) => ({ title: program.title, build: (options) => goBinary(program, options) }));
}

/** @typedef {{ supervisor?: Supervisor, tell?: (detail: string) => void }} BuildOptions */

async function goBinary(program, { supervisor = new Supervisor(), tell = () => {} } = {}) {
  const binary = binaryPath(program);
  if (existsSync(binary)) return binary;
  mkdirSync(dirname(binary), { recursive: true });
  const release = await waitForLock(`${binary}.lock`, (pid) => tell(`process ${pid} is already building it`));
  try {
    if (!existsSync(binary)) await build(program, binary, supervisor, tell);
  } finally {
    release();
  }
  return binary;
}

function built(program) {
  const binary = binaryPath(program);
  return existsSync(binary) ? binary : undefined;
}

function binaryPath(program) {
  return join(cacheFolder(), `${program.name}-${fingerprint(program, goVersion(program))}`);
}

function buildArguments({ linkerFlags, tags }) {
  return ['build', '-trimpath', '-v', '-ldflags', linkerFlags, ...(tags === undefined ? [] : ['-tags', tags])];
}

async function build(program, binary, supervisor, tell) {
  const unfinished = `${binary}.${randomUUID()}.tmp`;
  let compiled = 0;
  const { code, output } = await supervisor.run({
    command: 'go',
    args: [...buildArguments(program), '-o', unfinished, program.target ?? '.'],
    cwd: program.moduleDir,
    env: childEnvironment(buildEnvironment),
    onLine: (line) => tell(line.startsWith('go: downloading') ? line.slice(4) : `${++compiled} packages compiled`),
  });
  if (code !== 0) {
    rmSync(unfinished, { force: true });
    throw new Failure(`The ${program.title} could not be built:\n${output.split('\n').slice(-15).join('\n')}`);
  }
  renameSync(unfinished, binary);
}

/** Reports whether Go is installed on this machine. */
export function hasGo() {
  return spawnSync('go', ['version'], { env: childEnvironment() }).status === 0;
}

function goVersion({ moduleDir }) {
  const { status, stdout, stderr } = spawnSync('go', ['env', 'GOVERSION', 'GOOS', 'GOARCH'], {
    cwd: moduleDir,
    env: childEnvironment(buildEnvironment),
    encoding: 'utf8',
  });
  if (status === null) throw new Failure(withoutGo);
  const found = /^go(\d+)\.(\d+)/.exec(stdout);
  const isNewEnough =
    found && (Number(found[1]) > oldestGo.major || Number(found[2]) >= oldestGo.minor) && status === 0;
  if (!isNewEnough) {
    const reason = stdout.split('\n')[0] || stderr.trim().split('\n').at(-1);
    throw new Failure(
      `Go ${oldestGo.major}.${oldestGo.minor} or newer is required; \`go\` is: ${reason}\n\n${withoutGo}`,
    );
  }
  return stdout;
}

function fingerprint(program, go) {
  const hash = createHash('sha256')
    .update(go)
    .update(JSON.stringify([buildArguments(program), buildEnvironment]));
  const { moduleDir, target = '.' } = program;
  // The program's own sources are in its folder; those of other modules are pinned by go.mod and go.sum.
  for (const folder of new Set([moduleDir, target.startsWith('.') ? join(moduleDir, target) : moduleDir])) {
    const sources = readdirSync(folder).filter((file) => /\.go$|^go\.(mod|sum)$/.test(file));
    for (const source of sources.sort()) hash.update('\0').update(readFileSync(join(folder, source)));
  }
  return hash.digest('hex').slice(0, 16);
}
