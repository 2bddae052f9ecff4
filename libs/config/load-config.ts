import { readFileSync } from 'node:fs';

import { type Environment, environmentSchema, secretVariables } from './environment.js';

export interface DatabaseConfig {
  url: string;
  poolSize: number;
}

export type QueueConfig = { driver: 'postgres'; databaseUrl: string } | { driver: 'redis'; redisUrl: string };

export interface WorkerConfig {
  kubeconfigFile: string | null;
  clusterFile: string | null;
  concurrency: number;
  leaseMs: number;
  resyncMs: number;
  operationDeadlineMs: number;
  refusalPatienceMs: number;
  podGraceSeconds: number;
  /** PEM; a secret. */
  signingKey: string | null;
}

export interface HttpConfig {
  host: string;
  port: number;
  eventStreams: number;
  trustedProxies: readonly string[];
  /** Origins whose pages may call the API; empty: none. */
  corsOrigins: readonly string[];
  docs: Environment['BULKHEAD_API_DOCS'];
  /** How long a request may take to arrive. */
  requestMs: number;
  /** How long a connection without a request stays open. */
  keepAliveMs: number;
  /** Address of the API that clients use, without a slash at its end; empty if it is not known. */
  publicUrl: string;
  /** File of the issuers whose tokens are accepted; null: only API keys are. */
  issuersFile: string | null;
  /** Requests of a caller a minute, and failed logins of an address; 0: any number. */
  rateLimits: { read: number; change: number; create: number; login: number };
}

export interface Config {
  database: DatabaseConfig;
  queue: QueueConfig;
  http: HttpConfig;
  /** Disabled if `port` is null. */
  monitoring: { host: string; port: number | null };
  log: { level: Environment['BULKHEAD_LOG_LEVEL'] };
  /** Program that compiles policies: a path, or a name to look up in `searchPath`. */
  policyJudge: { program: string; searchPath: string };
  /** Prometheus with the tenants' traffic; null if not configured. */
  prometheus: { url: string; tokenFile: string | null } | null;
  worker: WorkerConfig;
  exitWithStdin: boolean;
}

/** The environment is invalid. The message names variables and never reveals a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the configuration from environment variables.
 * @returns a frozen object; each library gets only its part.
 * @throws ConfigError that lists every invalid variable.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Readonly<Config> {
  const parsed = environmentSchema.safeParse(withSecretFiles(withoutEmpty(env)));
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${reason(issue)}`);
    throw new ConfigError(`The configuration is invalid:\n${lines.join('\n')}`);
  }
  const values = parsed.data;
  return Object.freeze({
    database: { url: values.DATABASE_URL, poolSize: values.BULKHEAD_DATABASE_POOL },
    queue: queueConfig(values),
    http: {
      host: values.BULKHEAD_HOST,
      port: values.BULKHEAD_PORT,
      eventStreams: values.BULKHEAD_EVENT_STREAMS,
      trustedProxies: values.BULKHEAD_TRUSTED_PROXIES,
      issuersFile: values.BULKHEAD_ISSUERS_FILE ?? null,
      rateLimits: {
        read: values.BULKHEAD_READS_PER_MINUTE,
        change: values.BULKHEAD_CHANGES_PER_MINUTE,
        create: values.BULKHEAD_CREATIONS_PER_MINUTE,
        login: values.BULKHEAD_FAILED_LOGINS_PER_MINUTE,
      },
      publicUrl: (values.BULKHEAD_PUBLIC_URL ?? '').replace(/\/+$/, ''),
      corsOrigins: values.BULKHEAD_CORS_ORIGINS,
      docs: values.BULKHEAD_API_DOCS,
      requestMs: values.BULKHEAD_REQUEST_SECONDS * 1000,
      keepAliveMs: values.BULKHEAD_KEEP_ALIVE_SECONDS * 1000,
    },
    monitoring: { host: values.BULKHEAD_HOST, port: values.BULKHEAD_MONITORING_PORT ?? null },
    log: { level: values.BULKHEAD_LOG_LEVEL },
    policyJudge: { program: values.BULKHEAD_POLICY_JUDGE, searchPath: env['PATH'] ?? '' },
    prometheus: prometheusConfig(values),
    worker: {
      kubeconfigFile: values.BULKHEAD_KUBECONFIG ?? null,
      clusterFile: values.BULKHEAD_CLUSTER_FILE ?? null,
      concurrency: values.BULKHEAD_WORKER_CONCURRENCY,
      leaseMs: values.BULKHEAD_LEASE_SECONDS * 1000,
      resyncMs: values.BULKHEAD_RESYNC_SECONDS * 1000,
      operationDeadlineMs: values.BULKHEAD_OPERATION_DEADLINE_SECONDS * 1000,
      refusalPatienceMs: values.BULKHEAD_REFUSAL_SECONDS * 1000,
      podGraceSeconds: values.BULKHEAD_POD_GRACE_SECONDS,
      signingKey: values.BULKHEAD_SIGNING_KEY ?? null,
    },
    exitWithStdin: values.BULKHEAD_EXIT_WITH_STDIN === '1',
  });
}

function queueConfig(values: Environment): QueueConfig {
  if (values.BULKHEAD_QUEUE === 'postgres') return { driver: 'postgres', databaseUrl: values.DATABASE_URL };
  if (values.REDIS_URL === undefined) {
    throw new ConfigError('The configuration is invalid:\n  REDIS_URL: required with BULKHEAD_QUEUE=redis');
  }
  return { driver: 'redis', redisUrl: values.REDIS_URL };
}

function prometheusConfig(values: Environment): Config['prometheus'] {
  const { BULKHEAD_PROMETHEUS_URL: url, BULKHEAD_PROMETHEUS_TOKEN_FILE: tokenFile } = values;
  if (url === undefined) return null;
  const { protocol, hostname } = new URL(url);
  const isPrivate = protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
  if (tokenFile !== undefined && !isPrivate) {
    throw new ConfigError(
      'The configuration is invalid:\n  BULKHEAD_PROMETHEUS_URL: https is required with BULKHEAD_PROMETHEUS_TOKEN_FILE',
    );
  }
  return { url, tokenFile: tokenFile ?? null };
}

/** Compose files and shells pass an unset variable as an empty string. */
function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}

function withSecretFiles(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const result = { ...env };
  for (const name of secretVariables) {
    const file = env[`${name}_FILE`];
    if (file === undefined || result[name] !== undefined) continue;
    try {
      result[name] = readFileSync(file, 'utf8').trim();
    } catch {
      throw new ConfigError(`The configuration is invalid:\n  ${name}_FILE: the file cannot be read`);
    }
  }
  return result;
}

/** Replaces zod's messages, which can quote the input and thereby reveal a secret. */
function reason(issue: { code: string; input?: unknown }): string {
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'required, or of the wrong type';
  return `invalid (${issue.code})`;
}
