import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { AdmissionregistrationV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';

import { type ControlPlane } from '../../dev/control-plane.mjs';
import { kubeRequest } from '../../dev/kube-request.mjs';
import { eventually } from './eventually.js';
import { freePort } from './program.js';
import { selfSigned } from './self-signed.js';

const run = promisify(execFile);
const MODULE = 'github.com/open-policy-agent/gatekeeper/v3';

export interface GatekeeperOptions {
  /** The program. */
  binary: string;
  plane: ControlPlane;
  /** A dedicated folder. */
  dir: string;
}

/** A real OPA Gatekeeper, as a process next to a development control plane. */
export interface Gatekeeper {
  output(): string;
  stop(): Promise<void>;
}

/** Installs Gatekeeper's kinds and its webhook, and starts its manager. */
export async function startGatekeeper({ binary, plane, dir }: GatekeeperOptions): Promise<Gatekeeper> {
  const config = new KubeConfig();
  config.loadFromFile(plane.adminKubeconfig);
  // Gatekeeper does not create its audit folder, and its audits fail without it.
  mkdirSync(path.join(dir, 'audit'), { recursive: true });
  const { cert } = await selfSigned(dir);
  const certificate = Buffer.from(cert).toString('base64');
  await config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: 'gatekeeper-system' } } });
  await installKinds(plane);
  const [port, health, metrics] = await Promise.all([freePort(), freePort(), freePort()]);
  await installWebhook(config, port, certificate);
  const child = spawn(
    binary,
    [
      '--kubeconfig',
      plane.adminKubeconfig,
      '--debug-use-fake-pod',
      '--disable-cert-rotation',
      '--cert-dir',
      dir,
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--health-addr',
      `127.0.0.1:${health}`,
      '--prometheus-port',
      String(metrics),
      '--audit-interval',
      '5',
      '--api-cache-dir',
      path.join(dir, 'audit'),
      ...['webhook', 'audit', 'status', 'generate'].flatMap((operation) => ['--operation', operation]),
      '--disable-opa-builtin',
      '{http.send}',
      '--shutdown-delay',
      '0',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], POD_NAMESPACE: 'gatekeeper-system' } },
  );
  let output = '';
  const ended = once(child, 'exit');
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await eventually(
    'Gatekeeper is ready',
    async () => {
      if (child.exitCode !== null) throw new Error(`Gatekeeper ended:\n${output.slice(-2_000)}`);
      return (await fetch(`http://127.0.0.1:${health}/readyz`)).ok;
    },
    60_000,
  );
  return {
    output: () => output,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Makes the kinds that Gatekeeper brings along. */
export async function installKinds({ url, ca, adminToken }: ControlPlane): Promise<void> {
  const cwd = path.resolve(import.meta.dirname, '../../dev/gatekeeper');
  const env = { ...process.env, GOWORK: 'off', GOFLAGS: '-mod=mod' };
  const { stdout } = await run('go', ['list', '-m', '-f', '{{.Dir}}', MODULE], { cwd, env });
  const folder = path.join(stdout.trim(), 'charts/gatekeeper/crds');
  const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  for (const file of readdirSync(folder)) {
    for (const document of parseAllDocuments(readFileSync(path.join(folder, file), 'utf8'))) {
      // The typed client would alter the schemas.
      const answer = await kubeRequest({ url, ca, token: adminToken }, 'POST', collection, { body: document.toJS() });
      if (answer.status !== 201) throw new Error(`${file}: ${JSON.stringify(answer.body)}`);
    }
  }
}

/** Like Gatekeeper's own chart, except for the address, and without its other webhooks. */
async function installWebhook(config: KubeConfig, port: number, caBundle: string): Promise<void> {
  const body = {
    metadata: { name: 'gatekeeper-validating-webhook-configuration' },
    webhooks: [
      {
        name: 'validation.gatekeeper.sh',
        admissionReviewVersions: ['v1'],
        clientConfig: { url: `https://127.0.0.1:${port}/v1/admit`, caBundle },
        failurePolicy: 'Ignore',
        sideEffects: 'None',
        timeoutSeconds: 3,
        rules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: ['*'] }],
      },
    ],
  };
  await config.makeApiClient(AdmissionregistrationV1Api).createValidatingWebhookConfiguration({ body });
}
