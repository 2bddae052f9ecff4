import { z } from 'zod';

import { durationSchema } from './duration.js';
import { dnsLabel } from './names.js';
import { refuseRepeats } from './value-schemas.js';

/** What the Gateway API takes as a path (HTTPPathMatch): anything else it refuses after the change was accepted. */
const pathValue = z
  .string()
  .max(1024)
  .regex(/^\/(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})*$/, {
    error: 'An absolute path, with characters that are not allowed in one escaped, such as "/api/v1".',
  })
  .refine((path) => !/\/\/|\/\.\.?(\/|$)|%2f/i.test(path), {
    error: 'A path without empty segments, "." and "..", and without escaped slashes.',
  });

const pathMatch = z.strictObject({
  type: z.enum(['Prefix', 'Exact']).default('Prefix').describe('`Prefix` matches whole segments.'),
  value: pathValue,
});

const headerMatch = z.strictObject({
  name: z
    .string()
    .max(256)
    .regex(/^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/, { error: 'The name of an HTTP header.' }),
  value: z
    .string()
    .max(1024)
    .regex(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/, { error: 'Visible ASCII characters, compared as they are.' }),
});

const routeMatch = z.strictObject({
  path: pathMatch.prefault({ value: '/' }),
  headers: z
    .array(headerMatch)
    .max(16)
    .superRefine((headers, context) => {
      // Names of headers differ in more than their case.
      refuseRepeats(
        headers.map(({ name }) => name.toLowerCase()),
        (index, name) => {
          context.addIssue({ code: 'custom', path: [index, 'name'], message: `"${name}" is listed twice.` });
        },
      );
    })
    .default([])
    .describe('All of them must be there.'),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).nullable().default(null),
});

const backend = z.strictObject({
  service: dnsLabel().describe('A Service in the namespace of the route’s environment.'),
  port: z.int().min(1).max(65_535).describe('Of the Service.'),
  weight: z.int().min(0).max(100).default(100).describe('Its share of the rule’s requests in per cent.'),
});

const backends = z
  .array(backend)
  .min(1)
  .max(8)
  .superRefine((items, context) => {
    refuseRepeats(
      items.map(({ service, port }) => `${service}:${port}`),
      (index, name) => {
        context.addIssue({ code: 'custom', path: [index], message: `${name} is listed twice.` });
      },
    );
    const sum = items.reduce((total, { weight }) => total + weight, 0);
    if (sum === 100) return;
    context.addIssue({ code: 'custom', path: [], message: `The weights make ${sum} per cent and not 100.` });
  });

const retries = z.strictObject({
  attempts: z.int().min(1).max(10).describe('Beside the first.'),
  codes: z
    .array(z.int().min(400).max(599))
    .min(1)
    .max(20)
    .superRefine((codes, context) => {
      refuseRepeats(codes.map(String), (index, code) => {
        context.addIssue({ code: 'custom', path: [index], message: `${code} is listed twice.` });
      });
    })
    .default([502, 503, 504])
    .describe('Answers that are tried again.'),
  backoff: durationSchema.nullable().default(null).describe('The least time between two tries; null: the gateway’s.'),
});

/** Which requests go where. */
export const routeRuleSchema = z.strictObject({
  matches: z
    .array(routeMatch)
    .min(1)
    .max(8)
    .prefault([{}])
    .describe('A request that one of them matches is the rule’s. Left out: every request.'),
  backends: backends.describe('Where they go. The weights of a rule make 100.'),
  timeouts: z
    .strictObject({
      request: durationSchema.nullable().default(null).describe('For the whole request; null: as the plan says.'),
      backendRequest: durationSchema.nullable().default(null).describe('For each try; null: no limit of its own.'),
    })
    .prefault({}),
  retries: retries.nullable().default(null).describe('Null: none beyond what the gateway does by itself.'),
});

export type RouteRule = z.output<typeof routeRuleSchema>;

/** A route of a tenant: requests for its hosts, to services of one of its environments. */
export interface TenantRoute {
  /** Unique in the tenant. */
  name: string;
  environment: string;
  /** The tenant's own, or below one of them; by name. */
  hosts: readonly string[];
  rules: readonly RouteRule[];
  /** The Secret in the environment's namespace with the certificate of the hosts; null: the gateway has one. */
  tlsSecret: string | null;
}
