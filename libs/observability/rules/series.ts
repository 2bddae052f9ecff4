/** The series that the rules record. Dashboards and queries use only these. */
export const series = {
  /** 1 for each namespace that unambiguously belongs to a tenant: `namespace`, `tenant`, `environment`. */
  namespaceInfo: 'bulkhead:namespace_info',
  /** The same for the last ten minutes, including ambiguous ones. */
  namespacesSeen: 'bulkhead:namespace_info:seen10m',
  /** Like `namespaceInfo` for the other side of a call: `peer_namespace`, `tenant`, and `peer`, which equals it. */
  peerInfo: 'bulkhead:peer_namespace_info',
  peersSeen: 'bulkhead:peer_namespace_info:seen10m',

  /** By mesh, as the proxies of a namespace report it. `direction`, `protocol`, `secured`, `peer_namespace`, `service`. */
  namespaceCalls: 'bulkhead:namespace_calls:rate5m',
  namespaceErrors: 'bulkhead:namespace_request_errors:rate5m',
  namespaceDenied: 'bulkhead:namespace_denied:rate5m',
  /** The same with `tenant` and `environment`, by `peer_namespace`. */
  tenantCalls: 'bulkhead:peer_namespace_calls:rate5m',
  tenantDenied: 'bulkhead:peer_namespace_denied:rate5m',

  /** Allowed requests (`protocol="http"`) and connections (`tcp`) per second, by `secured` ("true": mutual TLS). */
  calls: 'bulkhead:calls:rate5m',
  errors: 'bulkhead:request_errors:rate5m',
  buckets: 'bulkhead:request_duration_milliseconds_bucket:rate5m',
  /** Requests and connections per second that the mesh denied at the tenant's workloads. */
  denied: 'bulkhead:denied:rate5m',
  /** `calls` in both directions by the other side: `peer_kind` (own, tenant, platform, outside) and `peer`. */
  peerCalls: 'bulkhead:peer_calls:rate5m',
  /** `denied` by the denied caller. */
  peerDenied: 'bulkhead:peer_denied:rate5m',

  /** By `service`, between 0 and 1. */
  errorRatio: 'bulkhead:request_errors:ratio5m',
  securedRatio: 'bulkhead:secured:ratio5m',
  /** By `service` and `quantile`. */
  latency: 'bulkhead:request_duration_milliseconds:quantile5m',
} as const;

/**
 * Returns a selector of a recorded series. Scraped series have a job, and a pod of a tenant can serve series with any
 * name and labels, including these.
 */
export function recorded(name: (typeof series)[keyof typeof series], matchers = ''): string {
  return `${name}{job=""${matchers === '' ? '' : `,${matchers}`}}`;
}

/** Joins an expression by namespace with the tenant of the namespace. */
export function owned(expr: string): string {
  return `${expr} * on (namespace) group_left (tenant, environment) ${recorded(series.namespaceInfo)}`;
}
