import { recorded, series } from '../rules/series.js';
import { ofTenant } from './tenant-id.js';

/** Over which time a question about traffic may go, and how often the series are looked at in it; 5m: once, at its end. */
const windows = {
  '5m': { minutes: 0, step: '5m' },
  '15m': { minutes: 15, step: '1m' },
  '1h': { minutes: 60, step: '1m' },
  '6h': { minutes: 360, step: '5m' },
  '24h': { minutes: 1_440, step: '5m' },
  '7d': { minutes: 10_080, step: '5m' },
} as const;
export type TrafficWindow = keyof typeof windows;
export const trafficWindows = Object.keys(windows) as [TrafficWindow, ...TrafficWindow[]];

/** A rate is over five minutes, and of the last evaluation, which was within the minute before. */
const LOOK_BACK_MINUTES = 6;

/** The time that a window which ends at `to` is about: its first rate looks back further than the window itself. */
export function spanOf(window: TrafficWindow, to: Date): { from: Date; to: Date } {
  return { from: new Date(to.getTime() - (windows[window].minutes + LOOK_BACK_MINUTES) * 60_000), to };
}

/** Most services and peers that are asked for. */
const MOST_ROWS = 50;

/** The queries that answer for one tenant. Each asks for the tenant's id, and nothing else of the caller's is in it. */
export interface TenantQueries {
  /** The namespaces by which Prometheus knows the tenant; none: it has never heard of it. */
  namespaces: string;
  requests: string;
  connections: string;
  errorRatio: string;
  latency: Record<'p50' | 'p95' | 'p99', string>;
  mtlsShare: string;
  denied: string;
  deniedPeers: string;
  /** By `environment` and `service`. */
  serviceRequests: string;
  serviceErrorRatio: string;
  serviceLatency: string;
  /** By `direction`, `peer_kind`, `peer` and `service`. */
  peers: string;
}

/**
 * Means over a window. The series are means of five minutes already. In longer windows a moment without a series counts
 * as zero: the mean of what is there would let ten minutes of traffic look like a day of it.
 */
export function tenantQueries(id: string, window: TrafficWindow): TenantQueries {
  const { over, moments } = windowed(window);
  const own = ofTenant(id);
  const total = (name: Parameters<typeof recorded>[0], more = ''): string => over(recorded(name, own + more));
  const mean = (by: string, expr: string): string => `sum ${by}(${expr})${moments}`;
  const share = (part: string, whole: string): string => `(sum(${part}) or vector(0)) / (sum(${whole}) > 0)`;
  const latency = (quantile: number, by = ''): string =>
    `histogram_quantile(${quantile}, sum by (${by}le) (${total(series.buckets)}))`;
  const first = (expr: string): string => `topk(${MOST_ROWS}, ${expr})`;
  const http = total(series.calls, ',protocol="http"');
  const errors = total(series.errors);
  const service = 'by (environment, service) ';
  return {
    namespaces: recorded(series.namespaceInfo, own),
    requests: mean('', http),
    connections: mean('', total(series.calls, ',protocol="tcp"')),
    errorRatio: share(errors, http),
    latency: { p50: latency(0.5), p95: latency(0.95), p99: latency(0.99) },
    mtlsShare: share(total(series.calls, ',secured="true"'), total(series.calls)),
    denied: mean('', total(series.denied)),
    deniedPeers: first(mean('by (peer_kind, peer, service) ', total(series.peerDenied))),
    serviceRequests: first(mean(service, http)),
    serviceErrorRatio: `sum ${service}(${errors}) / (sum ${service}(${http}) > 0)`,
    serviceLatency: latency(0.99, 'environment, service, '),
    peers: first(mean('by (direction, peer_kind, peer, service) ', total(series.peerCalls))),
  };
}

/** How a selector is looked at all through a window, and what the sum of the looks is divided by. */
function windowed(window: TrafficWindow): { over: (selector: string) => string; moments: string } {
  if (window === '5m') return { over: (selector) => selector, moments: '' };
  const range = `[${window}:${windows[window].step}]`;
  return {
    over: (selector) => `sum_over_time(${selector}${range})`,
    moments: ` / scalar(count_over_time(vector(1)${range}))`,
  };
}
