import { trafficWindows } from '#observability';
import { type Traffic } from '#traffic';
import { z } from 'zod';

export const trafficQuery = z.strictObject({
  window: z.enum(trafficWindows).default('1h').describe('Time window of the averages.'),
});

const number = z.number().nullable();
const query = z.string().describe('The Prometheus query that returned it.');
const measurement = z
  .strictObject({ value: number.describe('Null if there is no data.'), query })
  .meta({ id: 'Measurement' });
const measured = (text: string): typeof measurement => measurement.describe(text);

const peer = z
  .strictObject({
    kind: z
      .enum(['own', 'tenant', 'platform', 'outside'])
      .describe(
        '`own`: the tenant itself. `tenant`: another tenant; `links` explains why. `outside`: outside of the mesh, the ' +
          'internet, or unknown.',
      ),
    peer: z.string().nullable().describe('Id of a tenant, or namespace of the platform.'),
    service: z.string().describe("The service that was called; for `inbound`, the tenant's own."),
    perSecond: number.describe('HTTP requests and non-HTTP connections per second.'),
    links: z
      .array(z.string())
      .nullable()
      .describe(
        'For `tenant`: links in this direction that were approved within the window, including ended ones: those of ' +
          'the service or, if none names it, all. Empty: no link explains the traffic. Null for other kinds, ' +
          'which need no link.',
      ),
  })
  .meta({ id: 'TrafficPeer' });

export const trafficResponse = z
  .strictObject({
    tenant: z.strictObject({ id: z.string(), slug: z.string() }),
    window: z.enum(trafficWindows),
    at: z.iso
      .datetime()
      .nullable()
      .describe(
        'Time by the clock of Prometheus. Null if Prometheus does not know the tenant’s namespaces, or that they are ' +
          'the tenant’s.',
      ),
    signals: z.strictObject({
      requestsPerSecond: measured('HTTP requests to the workloads per second.'),
      connectionsPerSecond: measured('Non-HTTP TCP connections per second.'),
      errorRatio: measured('Share of requests with a server error, from 0 to 1.'),
      p50Milliseconds: measured('Median latency.'),
      p95Milliseconds: measured('95th percentile of the latency.'),
      p99Milliseconds: measured('99th percentile of the latency.'),
      mtlsShare: measured('Share of requests and connections over mutual TLS, from 0 to 1.'),
      deniedPerSecond: measured('Requests and connections per second that the mesh denied.'),
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
      items: z.array(z.intersection(z.strictObject({ direction: z.enum(['inbound', 'outbound']) }), peer)),
    }),
    deniedPeers: z.strictObject({
      query,
      items: z.array(peer).describe('Peers whose traffic was denied.'),
    }),
  })
  .meta({ id: 'Traffic' });
export type TrafficResponse = z.output<typeof trafficResponse>;

/** Maps traffic to its response. */
export function toTrafficResponse({ tenant, at, ...traffic }: Traffic): TrafficResponse {
  return {
    tenant: { id: tenant.id, slug: tenant.slug },
    at: at === null ? null : at.toISOString(),
    ...traffic,
  };
}
