import { EXPOSED_LABEL } from '#isolation';
import { dnsLabel, dnsSubdomainSchema, environmentNameSchema, routeRuleSchema } from '#plans';
import { type JudgedRoute, type NewRoute, type RouteAndOperation, type RouteChange } from '#routing';
import { z } from 'zod';

import { acceptedAnswer, Answer, etagOf } from '../http/answer.js';
import { hostName } from '../hosts/host.schema.js';

const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length;

const hosts = z
  .array(hostName)
  .min(1)
  .max(16)
  .refine(distinct, 'The hosts must be unique.')
  .describe('Hosts of the tenant or subdomains of them. All routes of a host must use the same environment.');
const rules = z.array(routeRuleSchema).min(1).max(16).describe('The most specific matching rule applies.');
const tls = z
  .strictObject({
    secret: dnsSubdomainSchema.describe('A Secret of type kubernetes.io/tls in the namespace of the environment.'),
  })
  .nullable()
  .describe('Certificate of the hosts. Null to use that of the platform’s gateway.');

export const createRouteRequest = z
  .strictObject({
    // Prefixed with "tenant-" in the cluster.
    name: dnsLabel(56).describe('Unique within the tenant; immutable.'),
    environment: environmentNameSchema.default('main').describe('Environment of the services; immutable.'),
    hosts,
    rules,
    tls: tls.default(null),
  })
  .meta({
    examples: [
      {
        name: 'shop',
        hosts: ['shop.acme.example'],
        rules: [
          {
            matches: [{ headers: [{ name: 'x-canary', value: 'true' }] }],
            backends: [{ service: 'web-v2', port: 80 }],
          },
          {
            backends: [
              { service: 'web-v1', port: 80, weight: 95 },
              { service: 'web-v2', port: 80, weight: 5 },
            ],
            timeouts: { request: '10s' },
          },
        ],
      },
    ],
  });

export const updateRouteRequest = z
  .strictObject({ hosts: hosts.optional(), rules: rules.optional(), tls: tls.optional() })
  .meta({ examples: [{ hosts: ['shop.acme.example', 'www.acme.example'] }] });

export const routeResponse = z
  .strictObject({
    name: z.string(),
    environment: z.string(),
    hosts: z.array(z.string()),
    rules: z.array(routeRuleSchema).describe('With the current weights; shifts change them.'),
    tls: z.strictObject({ secret: z.string() }).nullable(),
    podLabels: z
      .record(z.string(), z.string())
      .describe('Labels that the pods behind the services need; the gateway cannot reach other pods.'),
    lacking: z
      .strictObject({ capability: z.string(), detail: z.string() })
      .nullable()
      .describe('Capability that the cluster lacks; until it has it, the route is not applied.'),
    createdBy: z.string(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Route' });
export type RouteResponse = z.output<typeof routeResponse>;

export const routesResponse = z.strictObject({ items: z.array(routeResponse) }).meta({ id: 'RouteList' });
export type RoutesResponse = z.output<typeof routesResponse>;

/** Maps a request to the domain. */
export function toNewRoute({ tls: certificate, ...rest }: z.output<typeof createRouteRequest>): NewRoute {
  return { ...rest, tlsSecret: certificate?.secret ?? null };
}

/** Maps a merge patch to the domain. */
export function toRouteChange(patch: z.output<typeof updateRouteRequest>): RouteChange {
  return {
    ...(patch.hosts !== undefined && { hosts: patch.hosts }),
    ...(patch.rules !== undefined && { rules: patch.rules }),
    ...(patch.tls !== undefined && { tlsSecret: patch.tls?.secret ?? null }),
  };
}

/** Maps a route to its response. */
export function toRouteResponse({ route, lacking }: JudgedRoute): RouteResponse {
  const { name, environment, hosts: from, rules: lead, tlsSecret, createdBy, createdAt, updatedAt } = route;
  return {
    name,
    environment,
    hosts: from,
    rules: lead,
    tls: tlsSecret === null ? null : { secret: tlsSecret },
    podLabels: { [EXPOSED_LABEL]: 'true' },
    lacking: lacking && { capability: lacking.capability, detail: lacking.detail },
    createdBy,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** Answers a read of a route with its ETag. */
export function readRoute(judged: JudgedRoute): Answer<RouteResponse> {
  const body = toRouteResponse(judged);
  return new Answer(body, { etag: etagOf(judged.route.name, judged.route.revision, body) });
}

/** Answers a change with the route and the location of its operation. */
export function acceptedRoute({ route, operation }: RouteAndOperation): Answer<RouteResponse> {
  const { body, headers } = readRoute({ route, lacking: null });
  return acceptedAnswer(body, operation, headers);
}
