/** The series that the rules make. Dashboards and queries use these and no others. */
export const series = {
  /** 1 for each namespace that is a tenant's beyond doubt: `namespace`, `tenant`, `environment`. */
  namespaceInfo: 'bulkhead:namespace_info',
  /** The same of the last ten minutes, doubtful ones too. */
  namespacesSeen: 'bulkhead:namespace_info:seen10m',
  /** The same as `namespaceInfo` for the other side of a call: `peer_namespace`, `tenant`, and `peer`, which equals it. */
  peerInfo: 'bulkhead:peer_namespace_info',
  peersSeen: 'bulkhead:peer_namespace_info:seen10m',

  /** By mesh, as the proxies of a namespace report it. `direction`, `protocol`, `secured`, `peer_namespace`, `service`. */
  namespaceCalls: 'bulkhead:namespace_calls:rate5m',
  namespaceErrors: 'bulkhead:namespace_request_errors:rate5m',
  namespaceDenied: 'bulkhead:namespace_denied:rate5m',
  /** The same with `tenant` and `environment`, by `peer_namespace`. */
  tenantCalls: 'bulkhead:peer_namespace_calls:rate5m',
  tenantDenied: 'bulkhead:peer_namespace_denied:rate5m',

  /** Requests (`protocol="http"`) and connections (`tcp`) a second that were let in, by `secured` ("true": mutual TLS). */
  calls: 'bulkhead:calls:rate5m',
  errors: 'bulkhead:request_errors:rate5m',
  buckets: 'bulkhead:request_duration_milliseconds_bucket:rate5m',
  /** Requests and connections a second that the mesh refused at the tenant's workloads. */
  denied: 'bulkhead:denied:rate5m',
  /** `calls` of both directions by who is on the other side: `peer_kind` (own, tenant, platform, outside) and `peer`. */
  peerCalls: 'bulkhead:peer_calls:rate5m',
  /** `denied` by who was refused. */
  peerDenied: 'bulkhead:peer_denied:rate5m',

  /** By `service`, between 0 and 1. */
  errorRatio: 'bulkhead:request_errors:ratio5m',
  securedRatio: 'bulkhead:secured:ratio5m',
  /** By `service` and `quantile`. */
  latency: 'bulkhead:request_duration_milliseconds:quantile5m',
} as const;

/**
 * A selector of a series that a rule made. What Prometheus read from a target has a job, and a pod of a tenant may serve
 * series of any name and labels, these ones too.
 */
export function recorded(name: (typeof series)[keyof typeof series], matchers = ''): string {
  return `${name}{job=""${matchers === '' ? '' : `,${matchers}`}}`;
}

/** An expression by namespace, with whose the namespace is. */
export function owned(expr: string): string {
  return `${expr} * on (namespace) group_left (tenant, environment) ${recorded(series.namespaceInfo)}`;
}
