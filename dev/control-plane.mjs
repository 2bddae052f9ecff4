import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  apiServerArguments,
  controllerManagerArguments,
  etcdArguments,
  writeAuditPolicy,
} from './control-plane-flags.mjs';
import { childEnvironment } from './environment.mjs';
import { endLeftover } from './identity.mjs';
import { answersOk, kubeRequest } from './kube-request.mjs';
import { writeKubeconfig } from './kubeconfig.mjs';
import { choosePort, returnPort } from './ports.mjs';
import { makePrivateFolder, readJson, writePrivateFile, writePrivateJson } from './private-files.mjs';
import { freshLog, Supervisor, waitUntil } from './processes.mjs';

/** In stop order. */
const components = ['kube-controller-manager', 'kube-apiserver', 'etcd'];

/** The self-signed certificate is valid for a year; it is renewed when less than this is left. */
const renewCertificateBeforeMs = 30 * 24 * 3600 * 1000;

/**
 * Starts etcd, kube-apiserver and kube-controller-manager on a folder and waits until they are ready. Objects, keys,
 * tokens and (if still free) ports are those of the last start, so kubeconfigs stay valid. The options are described in
 * control-plane.d.mts.
 */
export async function startControlPlane({
  dir,
  binary,
  ports = {},
  unsafeNoFsync = false,
  lavish = false,
  liftedLimits = false,
  auditLog = false,
  apiServerFlags = [],
  logDir = dir,
  supervisor = new Supervisor(),
}) {
  makePrivateFolder(dir);
  const options = { unsafeNoFsync, lavish, liftedLimits, auditLog, apiServerFlags, logDir };
  const plane = await prepare({ dir, binary, ports, supervisor, ...options });
  await startEtcd(plane);
  await startApiServer(plane);
  await startControllerManager(plane);

  return {
    url: plane.server.url,
    adminKubeconfig: plane.adminKubeconfig,
    adminToken: plane.server.token,
    ca: plane.server.ca,
    auditLog: auditLog ? plane.auditLogFile : undefined,
    /** The process ids of the running components. */
    pids: () => Object.fromEntries([...plane.running].map(([name, running]) => [name, running.pid])),
    /** The API server's metrics in Prometheus text format. */
    metrics: async () => (await kubeRequest(plane.server, 'GET', '/metrics')).body,
    stopApiServer: (signal) => stopComponent(plane, 'kube-apiserver', signal),
    startApiServer: () => startApiServer(plane),
    stopControllerManager: (signal) => stopComponent(plane, 'kube-controller-manager', signal),
    startControllerManager: () => startControllerManager(plane),
    stop: async () => {
      for (const name of components) await stopComponent(plane, name);
      Object.values(plane.ports).forEach(returnPort);
    },
  };
}

/** Ends processes that a killed starter left running on a folder. */
export async function endLeftoverControlPlane(dir) {
  await endLeftovers(readJson(join(dir, 'state.json'))?.processes);
}

async function prepare({ dir, binary, ports, supervisor, logDir, ...options }) {
  const stateFile = join(dir, 'state.json');
  const state = readJson(stateFile) ?? {};
  await endLeftovers(state.processes);
  const used = {
    api: ports.api ?? (await choosePort(state.ports?.api)),
    etcd: ports.etcd ?? (await choosePort(state.ports?.etcd)),
    etcdPeer: ports.etcdPeer ?? (await choosePort(state.ports?.etcdPeer)),
  };
  const tokens = state.tokens ?? { admin: newToken(), controllerManager: newToken() };
  const plane = {
    dir,
    binary,
    supervisor,
    ...options,
    ports: used,
    tokens,
    stateFile,
    running: new Map(),
    logs: Object.fromEntries(components.map((name) => [name, freshLog(join(logDir, `${name}.log`))])),
    certificateFile: join(dir, 'certificates/apiserver.crt'),
    serviceAccountKeyFile: join(dir, 'service-account.key'),
    tokenFile: join(dir, 'tokens.csv'),
    adminKubeconfig: join(dir, 'admin.kubeconfig'),
    controllerManagerKubeconfig: join(dir, 'controller-manager.kubeconfig'),
    auditPolicyFile: join(dir, 'audit-policy.yaml'),
    auditLogFile: join(dir, 'audit.log'),
    server: { url: `https://127.0.0.1:${used.api}`, ca: '', token: tokens.admin },
  };
  saveState(plane);
  writePrivateFile(
    plane.tokenFile,
    `${tokens.admin},bulkhead-dev-admin,bulkhead-dev-admin,system:masters\n` +
      `${tokens.controllerManager},bulkhead-dev-controller-manager,bulkhead-dev-controller-manager,system:masters\n`,
  );
  if (!existsSync(plane.serviceAccountKeyFile)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writePrivateFile(plane.serviceAccountKeyFile, privateKey.export({ type: 'sec1', format: 'pem' }));
  }
  if (plane.auditLog) writeAuditPolicy(plane.auditPolicyFile);
  dropExpiringCertificate(dir, plane.certificateFile);
  return plane;
}

async function startEtcd(plane) {
  startComponent(plane, 'etcd', etcdArguments(plane));
  const healthy = async () => {
    try {
      return (await fetch(`http://127.0.0.1:${plane.ports.etcd}/health`)).ok;
    } catch {
      return false;
    }
  };
  await waitUntil(healthy, { running: plane.running.get('etcd'), what: 'etcd', timeoutMs: 60_000, intervalMs: 20 });
}

async function startApiServer(plane) {
  startComponent(plane, 'kube-apiserver', apiServerArguments(plane));
  const ready = () => {
    // The server creates its certificate at the first start.
    if (!existsSync(plane.certificateFile)) return false;
    plane.server.ca = readFileSync(plane.certificateFile, 'utf8');
    return answersOk(plane.server, '/readyz');
  };
  const running = plane.running.get('kube-apiserver');
  await waitUntil(ready, { running, what: 'kube-apiserver', timeoutMs: 120_000 });
  writeKubeconfig(plane.adminKubeconfig, plane.server, 'bulkhead-dev-admin');
}

async function startControllerManager(plane) {
  const server = { ...plane.server, token: plane.tokens.controllerManager };
  writeKubeconfig(plane.controllerManagerKubeconfig, server, 'bulkhead-dev-controller-manager');
  startComponent(plane, 'kube-controller-manager', controllerManagerArguments(plane));
  // The controller manager has no port here. This object exists once it works.
  const working = () => answersOk(plane.server, '/api/v1/namespaces/default/serviceaccounts/default');
  const running = plane.running.get('kube-controller-manager');
  await waitUntil(working, { running, what: 'kube-controller-manager', timeoutMs: 60_000 });
}

function startComponent(plane, name, args) {
  const running = plane.supervisor.start({
    name,
    command: plane.binary,
    args: [name, ...args],
    env: childEnvironment({ CONTROL_PLANE_EXIT_WITH_STDIN: '1', ...(plane.lavish && { GOGC: '400' }) }),
    cwd: plane.dir,
    logFile: plane.logs[name],
    graceMs: 20_000,
  });
  plane.running.set(name, running);
  saveState(plane);
}

async function stopComponent(plane, name, signal) {
  const running = plane.running.get(name);
  plane.running.delete(name);
  await running?.stop(signal);
  saveState(plane);
}

function saveState({ stateFile, ports, tokens, running }) {
  const processes = [...running].map(([name, { record }]) => ({ name, ...record }));
  writePrivateJson(stateFile, { ports, tokens, processes });
}

/**
 * Ends processes that a killed starter left. They are already stopping, but an API server that lost its etcd takes
 * long; it has no state, so there is no need to wait for it.
 */
async function endLeftovers(processes = []) {
  await Promise.all(
    processes.map((record) =>
      record.name === 'etcd'
        ? endLeftover(record, { waitMs: 5_000, graceMs: 5_000 })
        : endLeftover(record, { waitMs: 300, signal: 'SIGKILL' }),
    ),
  );
}

function dropExpiringCertificate(dir, file) {
  if (!existsSync(file)) return;
  const { validTo } = new X509Certificate(readFileSync(file));
  if (Date.parse(validTo) - Date.now() < renewCertificateBeforeMs) {
    rmSync(join(dir, 'certificates'), { recursive: true, force: true });
  }
}

const newToken = () => randomBytes(32).toString('base64url');
