import { existsSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { isDeepStrictEqual } from 'node:util';

import { KubeConfig } from '@kubernetes/client-node';

import { ExecPlugin } from './exec-plugin.js';

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

/** A source of `Endpoint`s. Tokens and certificates rotate, so it is asked for each request. */
export interface Credentials {
  /**
   * Returns the current endpoint. Cheap: it is read at most once a minute, and once for all that ask meanwhile.
   * @throws Error if it cannot be read
   */
  endpoint(): Promise<Endpoint>;
  /**
   * Obtains credentials anew because the API server refused those of an endpoint (401).
   * @returns true if there are others now
   */
  renew(refused: Endpoint): Promise<boolean>;
}

/** The process is not configured so that it can connect to the cluster. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
}

/** Tokens and client certificates rotate, so the files are read again this often. */
const MAX_AGE_MS = 60_000;
/** Credentials that are refused although they are new are not renewed more often. */
const RENEWED_AT_MOST_EVERY_MS = 5_000;

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
  return new KubeconfigCredentials(load, new ExecPlugin(file === null ? '' : path.dirname(file)));
}

class KubeconfigCredentials implements Credentials {
  /** Monotonic ms: the wall clock can be set back. */
  private known: { endpoint: Endpoint; readAt: number } | null = null;
  private reading: Promise<Endpoint> | null = null;
  private renewedAt = -Infinity;

  constructor(
    private readonly load: () => KubeConfig,
    private readonly plugin: ExecPlugin,
  ) {}

  endpoint(): Promise<Endpoint> {
    const { known } = this;
    const isFresh = known !== null && performance.now() - known.readAt < MAX_AGE_MS && !this.plugin.isExpired;
    if (isFresh) return Promise.resolve(known.endpoint);
    this.reading ??= this.read().finally(() => {
      this.reading = null;
    });
    return this.reading;
  }

  async renew(refused: Endpoint): Promise<boolean> {
    if (!isSame(await this.endpoint(), refused)) return true;
    // Of requests that are refused together, the first one renews for all.
    if (this.reading === null) {
      if (performance.now() - this.renewedAt < RENEWED_AT_MOST_EVERY_MS) return false;
      this.renewedAt = performance.now();
      this.plugin.forget();
      this.known = null;
    }
    return !isSame(await this.endpoint(), refused);
  }

  private async read(): Promise<Endpoint> {
    const endpoint = await endpointOf(this.load(), this.plugin);
    // The same object as long as it is the same endpoint.
    const { known } = this;
    const current = known !== null && isSame(known.endpoint, endpoint) ? known.endpoint : endpoint;
    this.known = { endpoint: current, readAt: performance.now() };
    return current;
  }
}

function isSame(a: Endpoint, b: Endpoint): boolean {
  return a === b || isDeepStrictEqual(a, b);
}

async function endpointOf(config: KubeConfig, plugin: ExecPlugin): Promise<Endpoint> {
  const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()];
  if (cluster === null) throw new KubeconfigError('the kubeconfig names no current cluster');
  const exec = (user as { exec?: unknown } | null)?.exec;
  const options: Partial<TlsOptions> & { headers?: Record<string, string> } = {};
  if (user !== null && exec !== undefined && exec !== null) {
    const { token, clientCertificateData, clientKeyData } = await plugin.credential(exec, cluster);
    // The client library would run the plugin each time.
    config.loadFromClusterAndUser(cluster, { ...user, exec: undefined });
    await config.applyToHTTPSOptions(options);
    if (clientCertificateData !== undefined) options.cert = clientCertificateData;
    if (clientKeyData !== undefined) options.key = clientKeyData;
    if (token !== undefined) options.headers = { ...options.headers, Authorization: `Bearer ${token}` };
  } else {
    await config.applyToHTTPSOptions(options);
  }
  const tls: TlsOptions = { rejectUnauthorized: !cluster.skipTLSVerify };
  if (options.ca !== undefined) tls.ca = options.ca;
  if (options.cert !== undefined) tls.cert = options.cert;
  if (options.key !== undefined) tls.key = options.key;
  if (cluster.tlsServerName !== undefined) tls.servername = cluster.tlsServerName;
  return { server: cluster.server.replace(/\/+$/, ''), tls, headers: { ...options.headers } };
}
