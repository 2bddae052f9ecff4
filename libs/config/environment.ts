import { z } from 'zod';

import { isEd25519Key } from './ed25519.js';

const seconds = (fallback: number): z.ZodDefault<z.ZodCoercedNumber> =>
  z.coerce.number().int().min(1).max(86_400).default(fallback);

/**
 * Every environment variable that the API and the worker read. The descriptions become
 * `docs/configuration.md`. A variable in `secretVariables` can also be given as `NAME_FILE`, the path of
 * a file that holds the value.
 */
export const environmentSchema = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .describe('Postgres 15 or newer, as `postgres://user:password@host:port/database`.'),
  BULKHEAD_DATABASE_POOL: z.coerce
    .number()
    .int()
    .min(2)
    .max(200)
    .default(16)
    .describe('Most Postgres connections that one process opens for its own queries.'),
  BULKHEAD_QUEUE: z
    .enum(['postgres', 'redis'])
    .default('postgres')
    .describe('Where wake-ups are queued. `redis` needs `REDIS_URL`.'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .describe('Redis 6.2 or newer, as `redis://:password@host:port`. Only read with `BULKHEAD_QUEUE=redis`.'),
  BULKHEAD_HOST: z.string().default('127.0.0.1').describe('Address that API and monitoring listen on.'),
  BULKHEAD_PORT: z.coerce.number().int().min(0).max(65_535).default(3000).describe('Port that the API listens on.'),
  BULKHEAD_MONITORING_PORT: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe(
      'Port on which API and worker answer `/metrics` (Prometheus), `/health/live` and `/health/ready`, at the address of ' +
        '`BULKHEAD_HOST` and without authentication. Without it the worker listens nowhere.',
    ),
  BULKHEAD_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Least severe log line that is written.'),
  BULKHEAD_KUBECONFIG: z
    .string()
    .optional()
    .describe(
      'Path of the kubeconfig that the worker uses. Without it the worker uses its own ServiceAccount in the cluster. ' +
        '`KUBECONFIG` and `~/.kube/config` are never read.',
    ),
  BULKHEAD_CLUSTER_FILE: z
    .string()
    .optional()
    .describe('Path of a JSON file with facts about the cluster that cannot be detected: CIDRs, gateway, monitoring.'),
  BULKHEAD_WORKER_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .default(16)
    .describe('Most tenants that one worker reconciles at the same time.'),
  BULKHEAD_LEASE_SECONDS: seconds(30).describe(
    'How long a tenant stays leased to a worker that no longer renews; the longest pause after a worker dies.',
  ),
  BULKHEAD_RESYNC_SECONDS: seconds(600).describe(
    'How often a tenant is compared with the cluster when nothing changed.',
  ),
  BULKHEAD_OPERATION_DEADLINE_SECONDS: seconds(86_400).describe(
    'How long an operation is tried before it ends as failed; its tenant is then looked at as often as an unchanged one.',
  ),
  BULKHEAD_EVENT_STREAMS: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(256)
    .describe('Most event streams that one API process serves at the same time; more are answered with 503.'),
  BULKHEAD_SIGNING_KEY: z
    .string()
    .refine(isEd25519Key)
    .optional()
    .describe(
      'Private key that the worker signs deletion certificates and isolation reports with: Ed25519, PKCS#8 in PEM, as ' +
        '`openssl genpkey -algorithm ed25519` makes it. Without one, deletions go on and their certificates stay ' +
        'unsigned until a worker has a key. The API does not need it.',
    ),
  BULKHEAD_POLICY_JUDGE: z
    .string()
    .default('policy-judge')
    .describe(
      'The program with which the API compiles and tries policies, and the worker judges what stands: a path, or a name ' +
        'to look for in `PATH`.',
    ),
  BULKHEAD_PROMETHEUS_URL: z
    .url({ protocol: /^https?$/ })
    .refine((url) => /^https?:\/\/[^@?#]*$/.test(url))
    .optional()
    .describe(
      'The Prometheus that reads the proxies of the mesh, or what speaks like it, as `https://host:port/prefix`. The API ' +
        'asks it for `GET /v1/tenants/{id}/traffic` and nothing else; without it that answers `traffic.not_configured`.',
    ),
  BULKHEAD_PROMETHEUS_TOKEN_FILE: z
    .string()
    .optional()
    .describe(
      'Path of a file with the bearer token for `BULKHEAD_PROMETHEUS_URL`. Read for every question, since such tokens are ' +
        'replaced. Needs `https`, but to a loopback address.',
    ),
  BULKHEAD_EXIT_WITH_STDIN: z
    .enum(['0', '1'])
    .default('0')
    .describe('`1` stops the process when its standard input closes, so that it never outlives its starter.'),
});

export type Environment = z.output<typeof environmentSchema>;

export const secretVariables = ['DATABASE_URL', 'REDIS_URL', 'BULKHEAD_SIGNING_KEY'] as const;
