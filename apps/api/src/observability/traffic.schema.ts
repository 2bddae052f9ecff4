import { trafficWindows } from '#observability';
import { type Traffic } from '#traffic';
import { z } from 'zod';

export const trafficQuery = z.strictObject({
  window: z.enum(trafficWindows).default('1h').describe('Over which time the means are.'),
});

const number = z.number().nullable();
const query = z.string().describe('The query that gave it, for the same Prometheus.');
const measured = (text: string): z.ZodObject<{ value: typeof number; query: typeof query }> =>
  z.strictObject({ value: number.describe(`${text} Null: there was nothing to make it from.`), query });

const peer = {
  kind: z
    .enum(['own', 'tenant', 'platform', 'outside'])
    .describe(
      '`tenant`: another one; `links` says whether it may. `outside`: not in the mesh, the internet, or not to be told.',
    ),
  peer: z.string().nullable().describe('The id of a tenant, or a namespace of the platform.'),
  service: z.string().describe("Who was called; of `inbound` the tenant's own."),
  perSecond: number.describe('Requests, and connections that are not HTTP.'),
  links: z
    .array(z.string())
    .nullable()
    .describe(
      'Of `tenant`: the links that both had agreed to within the window, in this direction, also ended ones: those of ' +
        'the service, or all where none has its name. Empty: no link explains it. Null: of the others, who need none.',
    ),
};

export const trafficResponse = z.strictObject({
  tenant: z.strictObject({ id: z.string(), slug: z.string() }),
  window: z.enum(trafficWindows),
  at: z.iso
    .datetime()
    .nullable()
    .describe(
      'By the clock of Prometheus. Null: it does not know the namespaces of the tenant, or not whose they are.',
    ),
  signals: z.strictObject({
    requestsPerSecond: measured('HTTP requests that the workloads got.'),
    connectionsPerSecond: measured('TCP connections that are not HTTP.'),
    errorRatio: measured('Share of the requests that the server failed, from 0 to 1.'),
    p50Milliseconds: measured('Half of the requests were faster.'),
    p95Milliseconds: measured('95 % of the requests were faster.'),
    p99Milliseconds: measured('99 % of the requests were faster.'),
    mtlsShare: measured('Share of requests and connections with mutual TLS, from 0 to 1.'),
    deniedPerSecond: measured('Requests and connections that the mesh refused.'),
  }),
  services: z.strictObject({
    queries: z.array(z.string()),
    items: z.array(
      z.strictObject({
        environment: z.string(),
        service: z.string(),
        requestsPerSecond: number,
        errorRatio: number,
        p99Milliseconds: number,
      }),
    ),
  }),
  peers: z.strictObject({
    query,
    items: z.array(z.strictObject({ direction: z.enum(['inbound', 'outbound']), ...peer })),
  }),
  deniedPeers: z.strictObject({ query, items: z.array(z.strictObject(peer)).describe('Who was refused.') }),
});
export type TrafficResponse = z.output<typeof trafficResponse>;

/** How traffic is answered. */
export function toTrafficResponse({ tenant, at, ...traffic }: Traffic): TrafficResponse {
  return {
    tenant: { id: tenant.id, slug: tenant.slug },
    at: at === null ? null : at.toISOString(),
    ...traffic,
  };
}
