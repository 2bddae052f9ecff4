import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { istioBinary } from '../../dev/go-binaries.mjs';
import { eventually } from './eventually.js';
import { areWebhooksInForce, installIstio, MESH_NAMESPACE } from './istio-installation.js';
import { type OwnCluster } from './own-cluster.js';
import { freePort } from './program.js';

export interface IstiodOptions {
  own: OwnCluster;
  /** A dedicated folder. */
  dir: string;
  /** The address for proxies. */
  host?: string;
  /** Additional mesh configuration. */
  meshConfig?: object;
  /** Additional environment variables. */
  env?: Record<string, string>;
}

/** A real Istio control plane, as a process next to a development control plane. */
export interface Istiod {
  /** Host and port for proxies. */
  readonly address: string;
  /** File with the certificate authority of all workloads, and of istiod itself. */
  readonly roots: string;
  output(): string;
  stop(): Promise<void>;
}

/**
 * Starts istiod with its own certificate authority, and waits until its webhooks are in force: the one that validates
 * its kinds, and the one that injects proxies. The definitions of its kinds must be installed.
 */
export async function startIstiod(options: IstiodOptions): Promise<Istiod> {
  const { own, dir, host = '127.0.0.1', meshConfig = {}, env = {} } = options;
  const binary = await istioBinary('istiod');
  const [http, monitoring, webhooks, plain, proxies] = await Promise.all(Array.from({ length: 5 }, freePort));
  mkdirSync(dir, { recursive: true });
  await installIstio(own, { dir, webhooks: `https://127.0.0.1:${webhooks}`, meshConfig });
  const child = spawn(
    binary,
    [
      'discovery',
      '--kubeconfig',
      own.plane.adminKubeconfig,
      '--namespace',
      MESH_NAMESPACE,
      '--httpAddr',
      `127.0.0.1:${http}`,
      '--monitoringAddr',
      `127.0.0.1:${monitoring}`,
      '--httpsAddr',
      `127.0.0.1:${webhooks}`,
      '--grpcAddr',
      `127.0.0.1:${plain}`,
      '--secureGRPCAddr',
      `${host}:${proxies}`,
      '--ctrlz_port',
      '0',
      '--shutdownDuration',
      '0s',
      '--clusterID',
      'Kubernetes',
    ],
    {
      cwd: dir,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        POD_NAMESPACE: MESH_NAMESPACE,
        POD_NAME: 'istiod',
        // For its self-signed certificate.
        ISTIOD_CUSTOM_HOST: [...new Set(['127.0.0.1', host])].join(','),
        REVISION: 'default',
        ENABLE_LEADER_ELECTION: 'false',
        PILOT_ENABLE_AMBIENT: 'true',
        ...env,
      },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'exit');
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    if (child.exitCode === null && child.signalCode === null) kill();
    await ended;
  };
  const roots = path.join(dir, 'roots.pem');
  try {
    await eventually(
      'istiod is ready',
      async () => {
        if (child.exitCode !== null) throw new Error(`istiod ended:\n${output.slice(-2_000)}`);
        return (await fetch(`http://127.0.0.1:${http}/ready`)).ok && (await areWebhooksInForce(own));
      },
      60_000,
    );
    writeFileSync(roots, await rootCertificate(own));
  } catch (error) {
    await stop();
    throw error;
  }
  return { address: `${host}:${proxies}`, roots, output: () => output, stop };
}

async function rootCertificate({ cluster }: OwnCluster): Promise<string> {
  const { data = {} } = await cluster.core.readNamespacedSecret({ namespace: MESH_NAMESPACE, name: 'istio-ca-secret' });
  return Buffer.from(data['ca-cert.pem'] ?? '', 'base64').toString();
}
