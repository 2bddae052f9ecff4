import { existsSync } from 'node:fs';

import { KubeConfig } from '@kubernetes/client-node';

/** What TLS needs to know; PEM. */
interface TlsOptions {
  rejectUnauthorized: boolean;
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  servername?: string;
}

/** Where the API server is and how to speak to it. */
export interface Endpoint {
  /** Origin and path prefix without a slash at the end. */
  server: string;
  tls: TlsOptions;
  headers: Record<string, string>;
}

/** A source of `Endpoint`s. Tokens and certificates rotate, so it is asked again from time to time. */
export interface Credentials {
  endpoint(): Promise<Endpoint>;
}

/** The cluster cannot be spoken to because of how the process was set up. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
}

/**
 * Credentials from a kubeconfig file (exec plugins included), or from the pod's own ServiceAccount when
 * `file` is null. `KUBECONFIG` and `~/.kube/config` are never looked at: they may point anywhere.
 * @throws KubeconfigError when the file cannot be used or the process is not in a pod.
 */
export function loadCredentials(file: string | null): Credentials {
  const load = (): KubeConfig => {
    const config = new KubeConfig();
    if (file !== null) {
      if (!existsSync(file)) throw new KubeconfigError(`BULKHEAD_KUBECONFIG: there is no file ${file}`);
      config.loadFromFile(file);
    } else if (process.env['KUBERNETES_SERVICE_HOST'] === undefined) {
      throw new KubeconfigError('BULKHEAD_KUBECONFIG is not set and this process does not run in a cluster');
    } else {
      config.loadFromCluster();
    }
    if (config.getCurrentCluster() === null) throw new KubeconfigError('BULKHEAD_KUBECONFIG names no current cluster');
    return config;
  };
  load();
  return { endpoint: () => endpointOf(load()) };
}

async function endpointOf(config: KubeConfig): Promise<Endpoint> {
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new KubeconfigError('the kubeconfig names no current cluster');
  const options: Partial<TlsOptions> & { headers?: Record<string, string> } = {};
  await config.applyToHTTPSOptions(options);
  const tls: TlsOptions = { rejectUnauthorized: !cluster.skipTLSVerify };
  if (options.ca !== undefined) tls.ca = options.ca;
  if (options.cert !== undefined) tls.cert = options.cert;
  if (options.key !== undefined) tls.key = options.key;
  if (cluster.tlsServerName !== undefined) tls.servername = cluster.tlsServerName;
  return { server: cluster.server.replace(/\/+$/, ''), tls, headers: { ...options.headers } };
}
