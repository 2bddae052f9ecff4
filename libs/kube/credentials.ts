import { existsSync } from 'node:fs';

import { KubeConfig } from '@kubernetes/client-node';

/** TLS settings in PEM format. */
interface TlsOptions {
  rejectUnauthorized: boolean;
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  servername?: string;
}

/** The address of the API server and the credentials for it. */
export interface Endpoint {
  /** Origin and path prefix without a trailing slash. */
  server: string;
  tls: TlsOptions;
  headers: Record<string, string>;
}

/** A source of `Endpoint`s. Tokens and certificates rotate, so it is queried again from time to time. */
export interface Credentials {
  endpoint(): Promise<Endpoint>;
}

/** The process is not configured so that it can connect to the cluster. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
}

/**
 * Loads credentials from a kubeconfig file (exec plugins included), or from the pod's own ServiceAccount if `file` is
 * null. `KUBECONFIG` and `~/.kube/config` are ignored: they could point to any cluster.
 * @throws KubeconfigError when the file cannot be used or the process is not in a pod
 */
export function loadCredentials(file: string | null): Credentials {
  const load = (): KubeConfig => {
    const config = new KubeConfig();
    if (file !== null) {
      if (!existsSync(file)) throw new KubeconfigError(`BULKHEAD_KUBECONFIG: file not found: ${file}`);
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
