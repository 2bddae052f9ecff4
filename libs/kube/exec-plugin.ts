import { execFile } from 'node:child_process';
import path from 'node:path';

import { type Cluster } from '@kubernetes/client-node';
import { z } from 'zod';

const PLUGIN_TIMEOUT_MS = 60_000;

/** The part `exec` of a user in a kubeconfig (client.authentication.k8s.io, KEP-541). */
const execSchema = z.object({
  apiVersion: z.string(),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  provideClusterInfo: z.boolean().nullish(),
});

const answerSchema = z.object({
  kind: z.literal('ExecCredential'),
  status: z.object({
    token: z.string().optional(),
    clientCertificateData: z.string().optional(),
    clientKeyData: z.string().optional(),
    expirationTimestamp: z.iso.datetime({ offset: true }).optional(),
  }),
});

/** Credentials that a plugin returned. */
export type ExecCredential = z.infer<typeof answerSchema>['status'];

/**
 * Runs the plugin that a kubeconfig names for a user, and keeps its credential: until its `expirationTimestamp`, or,
 * without one, until the API server refuses it.
 */
export class ExecPlugin {
  private kept: { asked: string; credential: ExecCredential } | null = null;

  /** @param folder of the kubeconfig: a relative path of a plugin begins there */
  constructor(private readonly folder: string) {}

  /** True if a credential has expired, by the wall clock as the plugin's answer is. */
  get isExpired(): boolean {
    const expiry = this.kept?.credential.expirationTimestamp;
    return expiry !== undefined && Date.parse(expiry) <= Date.now();
  }

  /** Has the plugin run again at the next call. */
  forget(): void {
    this.kept = null;
  }

  /**
   * Returns the kept credential, or has the plugin run.
   * @param exec as written in the kubeconfig; the plugin runs again if it has changed
   * @throws Error if the plugin cannot be run, fails, or returns something else than a credential
   */
  async credential(exec: unknown, cluster: Cluster): Promise<ExecCredential> {
    const asked = JSON.stringify([exec, cluster.server]);
    if (this.kept?.asked === asked && !this.isExpired) return this.kept.credential;
    const { command, args, env, apiVersion, provideClusterInfo } = execSchema.parse(exec);
    const info = {
      kind: 'ExecCredential',
      apiVersion,
      spec: { interactive: false, ...(provideClusterInfo === true && { cluster: infoOf(cluster) }) },
    };
    const added = Object.fromEntries((env ?? []).map(({ name, value }) => [name, value]));
    const variables = { ...process.env, ...added, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
    const isPath = command.includes(path.sep);
    const output = await run(isPath ? path.resolve(this.folder, command) : command, args ?? [], variables);
    const credential = parse(command, output);
    this.kept = { asked, credential };
    return credential;
  }
}

function infoOf({ server, caData, skipTLSVerify, tlsServerName }: Cluster): object {
  return {
    server,
    'certificate-authority-data': caData,
    'insecure-skip-tls-verify': skipTLSVerify,
    'tls-server-name': tlsServerName,
  };
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { env, timeout: PLUGIN_TIMEOUT_MS }, (error, output, errors) => {
      if (error === null) resolve(output);
      else {
        const reason = errors.trim() === '' ? String(error.code ?? error.signal) : errors.trim().slice(0, 500);
        reject(new Error(`the credential plugin ${command} failed: ${reason}`));
      }
    });
  });
}

/** The answer itself is a secret and never part of an error. */
function parse(command: string, output: string): ExecCredential {
  try {
    return answerSchema.parse(JSON.parse(output)).status;
  } catch {
    throw new Error(`the credential plugin ${command} returned no ExecCredential`);
  }
}
