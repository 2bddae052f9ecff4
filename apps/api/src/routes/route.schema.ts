import { EXPOSED_LABEL } from '#isolation';
import { dnsLabel, dnsSubdomainSchema, environmentNameSchema, routeRuleSchema } from '#plans';
import { type JudgedRoute, type NewRoute, type Route, type RouteAndOperation, type RouteChange } from '#routing';
import { z } from 'zod';

import { Answer, etagOf } from '../http/answer.js';
import { hostName } from '../hosts/host.schema.js';

const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length;

const hosts = z
  .array(hostName)
  .min(1)
  .max(16)
  .refine(distinct, 'The hosts must differ.')
  .describe('The tenant’s own, or below one of them. A host leads into one environment.');
const rules = z.array(routeRuleSchema).min(1).max(16).describe('Of the rules that match, the most exact one decides.');
const tls = z
  .strictObject({
    secret: dnsSubdomainSchema.describe('The Secret of type kubernetes.io/tls in the namespace of the environment.'),
  })
  .nullable()
  .describe('The certificate of the hosts. Null: the platform’s gateway has one.');

export const createRouteRequest = z
  .strictObject({
    // "tenant-" is put in front of it in the cluster.
    name: dnsLabel(56).describe('Unique in the tenant; never changes.'),
    environment: environmentNameSchema.default('main').describe('Where the services are; never changes.'),
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

export const routeResponse = z.strictObject({
  name: z.string(),
  environment: z.string(),
  hosts: z.array(z.string()),
  rules: z.array(routeRuleSchema).describe('With the weights in force: a shift changes them.'),
  tls: z.strictObject({ secret: z.string() }).nullable(),
  podLabels: z
    .record(z.string(), z.string())
    .describe('What pods behind the services must carry: the gateway reaches no others.'),
  lacking: z
    .strictObject({ capability: z.string(), detail: z.string() })
    .nullable()
    .describe('What the cluster lacks to carry the route out; as long as it does, nothing of the route is there.'),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type RouteResponse = z.output<typeof routeResponse>;

export const routesResponse = z.strictObject({ items: z.array(routeResponse) });
export type RoutesResponse = z.output<typeof routesResponse>;

/** What is asked for, as the service takes it. */
export function toNewRoute({ tls: certificate, ...rest }: z.output<typeof createRouteRequest>): NewRoute {
  return { ...rest, tlsSecret: certificate?.secret ?? null };
}

/** A merge patch, as the service takes it. */
export function toRouteChange(patch: z.output<typeof updateRouteRequest>): RouteChange {
  return {
    ...(patch.hosts !== undefined && { hosts: patch.hosts }),
    ...(patch.rules !== undefined && { rules: patch.rules }),
    ...(patch.tls !== undefined && { tlsSecret: patch.tls?.secret ?? null }),
  };
}

/** How a route is answered. */
export function toRouteResponse({ route, lacking }: JudgedRoute): RouteResponse {
  const { name, environment, hosts: from, rules: lead, tlsSecret, createdBy, createdAt, updatedAt } = route;
  return {
    ...{ name, environment, hosts: from, rules: lead },
    tls: tlsSecret === null ? null : { secret: tlsSecret },
    podLabels: { [EXPOSED_LABEL]: 'true' },
    lacking: lacking && { capability: lacking.capability, detail: lacking.detail },
    ...{ createdBy, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() },
  };
}

/** The answer to a look at one route. */
export function readRoute(judged: JudgedRoute): Answer<RouteResponse> {
  return new Answer(toRouteResponse(judged), { etag: routeTag(judged.route) });
}

/** The answer to a change: the route, and where the change can be followed. */
export function acceptedRoute({ route, operation }: RouteAndOperation): Answer<RouteResponse> {
  return new Answer(toRouteResponse({ route, lacking: null }), {
    ...{ location: `/v1/operations/${operation.id}`, 'retry-after': '1', etag: routeTag(route) },
  });
}

function routeTag({ name, revision }: Route): string {
  return etagOf(name, revision);
}
