import { z } from 'zod';

import { durationSchema } from './duration.js';
import { dnsLabel } from './names.js';
import { rejectDuplicates } from './value-schemas.js';

/** A path that the Gateway API accepts (HTTPPathMatch); it would refuse any other after the change was accepted. */
const pathValue = z
  .string()
  .max(1024)
  .regex(/^\/(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})*$/, {
    error: 'Must be an absolute path such as "/api/v1", with reserved characters escaped.',
  })
  .refine((path) => !/\/\/|\/\.\.?(\/|$)|%2f/i.test(path), {
    error: 'Must not contain empty segments, ".", ".." or escaped slashes.',
  });

const pathMatch = z.strictObject({
  type: z.enum(['Prefix', 'Exact']).default('Prefix').describe('`Prefix` matches whole segments.'),
  value: pathValue,
});

const headerMatch = z.strictObject({
  name: z
    .string()
    .max(256)
    .regex(/^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/, { error: 'Must be the name of an HTTP header.' }),
  value: z
    .string()
    .max(1024)
    .regex(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/, {
      error: 'Must be visible ASCII characters, which are compared exactly.',
    }),
});

const routeMatch = z.strictObject({
  path: pathMatch.prefault({ value: '/' }),
  headers: z
    .array(headerMatch)
    .max(16)
    .superRefine((headers, context) => {
      // Header names are case-insensitive.
      rejectDuplicates(
        headers.map(({ name }) => name.toLowerCase()),
        (index, name) => {
          context.addIssue({ code: 'custom', path: [index, 'name'], message: `"${name}" is listed twice.` });
        },
      );
    })
    .default([])
    .describe('All of them must be present.'),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).nullable().default(null),
});

const backend = z.strictObject({
  service: dnsLabel().describe('A Service in the namespace of the route’s environment.'),
  port: z.int().min(1).max(65_535).describe('Port of the Service.'),
  weight: z.int().min(0).max(100).default(100).describe('Percentage of the rule’s requests.'),
});

const backends = z
  .array(backend)
  .min(1)
  .max(8)
  .superRefine((items, context) => {
    rejectDuplicates(
      items.map(({ service, port }) => `${service}:${port}`),
      (index, name) => {
        context.addIssue({ code: 'custom', path: [index], message: `${name} is listed twice.` });
      },
    );
    const sum = items.reduce((total, { weight }) => total + weight, 0);
    if (sum === 100) return;
    context.addIssue({ code: 'custom', path: [], message: `The weights add up to ${sum} instead of 100.` });
  });

const retries = z.strictObject({
  attempts: z.int().min(1).max(10).describe('Attempts after the first.'),
  codes: z
    .array(z.int().min(400).max(599))
    .min(1)
    .max(20)
    .superRefine((codes, context) => {
      rejectDuplicates(codes.map(String), (index, code) => {
        context.addIssue({ code: 'custom', path: [index], message: `${code} is listed twice.` });
      });
    })
    .default([502, 503, 504])
    .describe('Status codes that are retried.'),
  backoff: durationSchema
    .nullable()
    .default(null)
    .describe('Minimum time between two attempts; null: the default of the gateway.'),
});

/** Selects requests and the services that receive them. */
export const routeRuleSchema = z
  .strictObject({
    matches: z
      .array(routeMatch)
      .min(1)
      .max(8)
      .prefault([{}])
      .describe('The rule applies to requests that match any of them. Omitted: every request.'),
    backends: backends.describe('Services that receive the requests. The weights of a rule add up to 100.'),
    timeouts: z
      .strictObject({
        request: durationSchema
          .nullable()
          .default(null)
          .describe('For the whole request; null: the default of the plan.'),
        backendRequest: durationSchema.nullable().default(null).describe('For each attempt; null: no separate limit.'),
      })
      .prefault({}),
    retries: retries.nullable().default(null).describe('Null: only those that the gateway makes by default.'),
  })
  .meta({ id: 'RouteRule' });

export type RouteRule = z.output<typeof routeRuleSchema>;

/** A route of a tenant: sends requests for its hosts to services of one of its environments. */
export interface TenantRoute {
  /** Unique in the tenant. */
  name: string;
  environment: string;
  /** Hosts of the tenant or below one of them, in order. */
  hosts: readonly string[];
  rules: readonly RouteRule[];
  /** The Secret in the environment's namespace with the certificate of the hosts; null: the gateway has one. */
  tlsSecret: string | null;
}
