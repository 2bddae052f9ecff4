import { recorded, series } from '../rules/series.js';
import { ofTenant } from './tenant-id.js';

/** Length and resolution of the windows for traffic queries; 5m: a single value at its end. */
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

/** A rate covers five minutes before the last evaluation, which was within the preceding minute. */
const LOOK_BACK_MINUTES = 6;

/** Returns the time that a window ending at `to` covers: its first rate looks back further than the window itself. */
export function spanOf(window: TrafficWindow, to: Date): { from: Date; to: Date } {
  return { from: new Date(to.getTime() - (windows[window].minutes + LOOK_BACK_MINUTES) * 60_000), to };
}

/** The maximum number of services and peers in a result. */
const MAX_ROWS = 50;

/** The queries for one tenant. They contain the tenant's id and no other input of the caller. */
export interface TenantQueries {
  /** The namespaces that Prometheus maps to the tenant; none: it does not know the tenant. */
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
 * Returns queries for means over a window. The series already are means over five minutes. In longer windows a missing
 * sample counts as zero: the mean of the existing samples would make ten minutes of traffic look like a day of it.
 */
export function tenantQueries(id: string, window: TrafficWindow): TenantQueries {
  const { over, moments } = windowed(window);
  const own = ofTenant(id);
  const total = (name: Parameters<typeof recorded>[0], more = ''): string => over(recorded(name, own + more));
  const mean = (by: string, expr: string): string => `sum ${by}(${expr})${moments}`;
  const share = (part: string, whole: string): string => `(sum(${part}) or vector(0)) / (sum(${whole}) > 0)`;
  const latency = (quantile: number, by = ''): string =>
    `histogram_quantile(${quantile}, sum by (${by}le) (${total(series.buckets)}))`;
  const first = (expr: string): string => `topk(${MAX_ROWS}, ${expr})`;
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

/** Returns how to sum a selector over a window, and the divisor for the mean. */
function windowed(window: TrafficWindow): { over: (selector: string) => string; moments: string } {
  if (window === '5m') return { over: (selector) => selector, moments: '' };
  const range = `[${window}:${windows[window].step}]`;
  return {
    over: (selector) => `sum_over_time(${selector}${range})`,
    moments: ` / scalar(count_over_time(vector(1)${range}))`,
  };
}
