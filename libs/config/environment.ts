import { z } from 'zod';

import { isEd25519Key } from './ed25519.js';
import { isOrigin } from './origin.js';

const seconds = (fallback: number): z.ZodDefault<z.ZodCoercedNumber> =>
  z.coerce.number().int().min(1).max(86_400).default(fallback);

const perMinute = (fallback: number): z.ZodDefault<z.ZodCoercedNumber> =>
  z.coerce.number().int().min(0).max(1_000_000_000).default(fallback);

/**
 * All environment variables of the API and the worker. `docs/configuration.md` is generated from the descriptions. A
 * variable in `secretVariables` can also be set as `NAME_FILE`, the path of a file that contains the value.
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
    .describe('Maximum number of Postgres connections that a process opens for its queries.'),
  BULKHEAD_QUEUE: z
    .enum(['postgres', 'redis'])
    .default('postgres')
    .describe('Backend of the wake-up queue. `redis` requires `REDIS_URL`.'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .describe('Redis 6.2 or newer, as `redis://:password@host:port`. Only used with `BULKHEAD_QUEUE=redis`.'),
  BULKHEAD_HOST: z.string().default('127.0.0.1').describe('Address on which the API and the monitoring port listen.'),
  BULKHEAD_PORT: z.coerce.number().int().min(0).max(65_535).default(3000).describe('Port on which the API listens.'),
  BULKHEAD_MONITORING_PORT: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe(
      'Port on which the API and the worker serve `/metrics` (Prometheus), `/health/live` and `/health/ready` ' +
        'without authentication, on the address `BULKHEAD_HOST`. If unset, the worker does not listen.',
    ),
  BULKHEAD_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Minimum level of log lines.'),
  BULKHEAD_KUBECONFIG: z
    .string()
    .optional()
    .describe(
      'Path of the kubeconfig of the worker. If unset, the worker uses its ServiceAccount in the cluster. ' +
        '`KUBECONFIG` and `~/.kube/config` are never read.',
    ),
  BULKHEAD_CLUSTER_FILE: z
    .string()
    .optional()
    .describe('Path of a JSON file with cluster facts that cannot be detected: CIDRs, gateway, monitoring.'),
  BULKHEAD_WORKER_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .default(16)
    .describe('Maximum number of tenants that a worker reconciles concurrently.'),
  BULKHEAD_LEASE_SECONDS: seconds(30).describe(
    'How long a lease lasts without renewal: the longest pause for a tenant after its worker dies.',
  ),
  BULKHEAD_RESYNC_SECONDS: seconds(600).describe('How often an unchanged tenant is compared with the cluster.'),
  BULKHEAD_OPERATION_DEADLINE_SECONDS: seconds(86_400).describe(
    'How long an operation is retried before it fails. Its tenant is then reconciled as often as an unchanged one.',
  ),
  BULKHEAD_REFUSAL_SECONDS: seconds(60).describe(
    'How long a refusal by the API server is retried, at least three times, before the operation fails.',
  ),
  BULKHEAD_TRUSTED_PROXIES: z
    .string()
    .transform((text) => text.split(',').map((range) => range.trim()))
    .pipe(z.array(z.union([z.cidrv4(), z.cidrv6()], 'must be address ranges, separated by commas')))
    .default([])
    .describe(
      'Address ranges of proxies in front of the API, separated by commas. The address of a caller is taken from ' +
        '`X-Forwarded-For` of these, and of nobody else.',
    ),
  BULKHEAD_ISSUERS_FILE: z
    .string()
    .optional()
    .describe(
      'Path of a JSON file with the issuers whose tokens the API accepts besides API keys: identity providers of people, ' +
        'CI systems, API servers of clusters. See docs/runbooks/log-in.md.',
    ),
  BULKHEAD_READS_PER_MINUTE: perMinute(30_000).describe(
    'How much a caller can read in a minute, in each API process. 0: as much as it likes. Requests beyond that get 429 with ' +
      '`Retry-After`.',
  ),
  BULKHEAD_CHANGES_PER_MINUTE: perMinute(3_000).describe(
    'How many changes a caller can make in a minute, in all API processes together, apart from creations. 0: any number.',
  ),
  BULKHEAD_CREATIONS_PER_MINUTE: perMinute(1_200).describe(
    'How much a caller can create in a minute, in all API processes together. 0: any number.',
  ),
  BULKHEAD_FAILED_LOGINS_PER_MINUTE: perMinute(60).describe(
    'How many wrong API keys and tokens may come from an address in a minute. Further credentials from there are refused ' +
      'before they are looked up, except those that worked. 0: any number. Behind a proxy, set `BULKHEAD_TRUSTED_PROXIES`.',
  ),
  BULKHEAD_PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .refine((url) => /^https?:\/\/[^@?#]+$/.test(url))
    .optional()
    .describe(
      'Address of the API that clients use, such as `https://bulkhead.example.com`. The types of problems are URLs below ' +
        'it; without it, they are paths (RFC 9457, section 3.1.1).',
    ),
  BULKHEAD_CORS_ORIGINS: z
    .string()
    .transform((text) => text.split(',').map((origin) => origin.trim()))
    .pipe(z.array(z.union([z.literal('*'), z.string().refine(isOrigin)], 'must be origins, separated by commas')))
    .default([])
    .describe(
      'Origins whose pages may call the API, such as `https://console.example.com`, separated by commas; `*` for all. ' +
        'By default none may (CORS).',
    ),
  BULKHEAD_API_DOCS: z
    .enum(['ui', 'document', 'off'])
    .default('ui')
    .describe(
      'What the API serves about itself without authentication: Swagger UI at `/docs` and the OpenAPI document at ' +
        '`/openapi.json`, the document alone, or neither.',
    ),
  BULKHEAD_REQUEST_SECONDS: seconds(60).describe(
    'How long a caller may take to send a request, its body included. It then gets 408, and the connection is closed.',
  ),
  BULKHEAD_KEEP_ALIVE_SECONDS: seconds(72).describe(
    'How long a connection to the API stays open without a request. It must be longer than that of a load balancer in ' +
      'front of the API, which would otherwise use connections that are being closed.',
  ),
  BULKHEAD_POD_GRACE_SECONDS: seconds(30).describe(
    'How long pods of a deleted tenant have to end. Pods that still exist after twice that time are removed by force.',
  ),
  BULKHEAD_EVENT_STREAMS: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(256)
    .describe('Maximum number of concurrent event streams of an API process; further requests get 503.'),
  BULKHEAD_SIGNING_KEY: z
    .string()
    .refine(isEd25519Key)
    .optional()
    .describe(
      'Private key with which the worker signs deletion certificates, isolation reports and heads of the audit log: ' +
        'Ed25519, PKCS#8 in PEM, as printed by `openssl genpkey -algorithm ed25519`. Without a key, deletions ' +
        'continue, and their certificates are signed once a worker has one. The API does not need it.',
    ),
  BULKHEAD_POLICY_JUDGE: z
    .string()
    .default('policy-judge')
    .describe(
      'Program with which the API compiles and tests policies, and the worker evaluates existing objects: a path, or ' +
        'a name to look up in `PATH`.',
    ),
  BULKHEAD_PROMETHEUS_URL: z
    .url({ protocol: /^https?$/ })
    .refine((url) => /^https?:\/\/[^@?#]*$/.test(url))
    .optional()
    .describe(
      'Prometheus, or a compatible server, that scrapes the proxies of the mesh, as `https://host:port/prefix`. The ' +
        'API queries it only for `GET /v1/tenants/{id}/traffic`, which fails with `traffic.not_configured` if this ' +
        'is unset.',
    ),
  BULKHEAD_PROMETHEUS_TOKEN_FILE: z
    .string()
    .optional()
    .describe(
      'Path of a file with the bearer token for `BULKHEAD_PROMETHEUS_URL`. Read for every request, because such ' +
        'tokens are rotated. Requires `https`, except for a loopback address.',
    ),
  BULKHEAD_EXIT_WITH_STDIN: z
    .enum(['0', '1'])
    .default('0')
    .describe('`1` stops the process when its standard input closes, so that it never outlives its parent.'),
});

export type Environment = z.output<typeof environmentSchema>;

export const secretVariables = ['DATABASE_URL', 'REDIS_URL', 'BULKHEAD_SIGNING_KEY'] as const;
