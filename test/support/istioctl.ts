import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { istioBinary } from '../../dev/go-binaries.mjs';
import { type OwnCluster } from './own-cluster.js';

/** A finding of Istio's own analysis. */
interface Finding {
  code: string;
  level: string;
  message: string;
  /** Kind, name and namespace of the object. */
  origin: string;
}

/**
 * Returns the findings of `istioctl analyze` in one namespace of a live cluster; without a namespace it would analyse
 * nothing. It dislikes webhooks with URLs, which are used here.
 */
export async function analyze({ plane }: OwnCluster, namespace: string): Promise<Finding[]> {
  const args = ['analyze', '--kubeconfig', plane.adminKubeconfig, '--namespace', namespace, '--output', 'json'];
  const child = spawn(await istioBinary('istioctl'), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [found, complaints] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (found += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  // It exits with an error if it found one, so the exit code is meaningless.
  await once(child, 'close');
  try {
    return (JSON.parse(found) as Finding[]).filter(({ origin }) => !/^\w+WebhookConfiguration /.test(origin));
  } catch (error) {
    throw new Error(`istioctl analyze: ${complaints || found}`, { cause: error });
  }
}
