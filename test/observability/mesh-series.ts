import { type InputSeries } from './promtool.js';

type Labels = Readonly<Record<string, string>>;

/** Traffic in a cluster, independent of the mesh that reports it. */
export interface Fact {
  /** Namespace of the caller; null: a caller without identity. */
  from: string | null;
  /** Namespace of the called workload. */
  to: string;
  service: string;
  outcome: 'ok' | 'failed' | 'denied';
  protocol?: 'tcp';
  perSecond: number;
  /** Start and end in minutes; absent: always. */
  minutes?: readonly [number, number];
}

export const meshes = ['istio-sidecar', 'istio-ambient', 'linkerd'] as const;
export type Mesh = (typeof meshes)[number];

/** The length of all series. */
const LENGTH_MINUTES = 90;
const PER_MINUTE = 2;

/** Returns the counters that proxies of a mesh serve for facts, as Prometheus stores them. */
export function seriesOf(mesh: Mesh, facts: readonly Fact[]): InputSeries[] {
  return facts.flatMap((fact, index) => reports[mesh](fact, `pod-${index}`));
}

/** Returns the series of kube-state-metrics for a namespace of a tenant. */
export function namespaceSeries(
  namespace: string,
  tenant: string,
  more: { environment?: string; minutes?: readonly [number, number]; labels?: Labels } = {},
): InputSeries {
  const labels = {
    job: 'kube-state-metrics',
    instance: 'ksm-0',
    namespace,
    label_bulkhead_io_tenant_id: tenant,
    label_bulkhead_io_environment: more.environment ?? 'main',
    ...more.labels,
  };
  return { series: written('kube_namespace_labels', labels), values: during('1', 0, more.minutes) };
}

/** Returns a counter that grows at a rate per second. */
export function counter(
  name: string,
  labels: Labels,
  perSecond: number,
  minutes?: readonly [number, number],
): InputSeries {
  return { series: written(name, labels), values: during('0', (perSecond * 60) / PER_MINUTE, minutes) };
}

function during(first: string, growth: number, [begin, end]: readonly [number, number] = [0, LENGTH_MINUTES]): string {
  const absent = begin === 0 ? '' : `_x${begin * PER_MINUTE - 1} `;
  return `${absent}${first}+${growth}x${(end - begin) * PER_MINUTE} stale`;
}

function written(name: string, labels: Labels): string {
  return `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(',')}}`;
}

const codes = { ok: '200', failed: '503', denied: '403' };

/** Returns the labels that every proxy of Istio sets on a call. */
function istioLabels({ from, to, service }: Fact): Labels {
  return {
    source_workload_namespace: from ?? 'unknown',
    destination_workload_namespace: to,
    destination_service_name: service,
    destination_service_namespace: to,
    connection_security_policy: from === null ? 'unknown' : 'mutual_tls',
  };
}

/** A quarter is faster than 10 ms, everything is faster than 100 ms. */
function histogram(name: string, labels: Labels, { perSecond, minutes }: Fact): InputSeries[] {
  const shares: Record<string, number> = { '10': 0.25, '100': 1, '+Inf': 1 };
  return Object.entries(shares).map(([le, share]) => counter(name, { ...labels, le }, perSecond * share, minutes));
}

function istioHttp(fact: Fact, labels: Labels): InputSeries[] {
  const { outcome, perSecond, minutes } = fact;
  const code = { response_code: codes[outcome], bulkhead_denied: String(outcome === 'denied') };
  const all = { ...istioLabels(fact), ...labels, ...code };
  return [
    counter('istio_requests_total', all, perSecond, minutes),
    ...histogram('istio_request_duration_milliseconds_bucket', all, fact),
  ];
}

/** A denied connection is opened first. */
function istioTcp(fact: Fact, labels: Labels, refused: Labels): InputSeries[] {
  const all = { ...istioLabels(fact), ...labels };
  const flags = { response_flags: '-' };
  const [name, result] = [
    'istio_tcp_connections_closed_total',
    fact.outcome === 'denied' ? { ...flags, ...refused } : flags,
  ];
  return [
    counter('istio_tcp_connections_opened_total', { ...all, ...flags }, fact.perSecond, fact.minutes),
    counter(name, { ...all, ...result }, fact.perSecond, fact.minutes),
  ];
}

function linkerdLabels({ from, to, service }: Fact, pod: string): Labels {
  const identity =
    from === null
      ? { tls: 'no_identity', no_tls_reason: 'no_tls_from_remote' }
      : { tls: 'true', client_id: `default.${from}.serviceaccount.identity.linkerd.cluster.local` };
  return {
    job: 'linkerd-proxy',
    namespace: to,
    pod,
    deployment: service,
    direction: 'inbound',
    target_port: '8080',
    srv_port: '8080',
    authz_kind: 'authorizationpolicy',
    authz_name: 'tenant',
    ...identity,
  };
}

const reports: Record<Mesh, (fact: Fact, pod: string) => InputSeries[]> = {
  'istio-sidecar': (fact, pod) => {
    const labels = { job: 'pods', namespace: fact.to, pod, reporter: 'destination' };
    return fact.protocol === 'tcp' ? istioTcp(fact, labels, { bulkhead_denied: 'true' }) : istioHttp(fact, labels);
  },
  'istio-ambient': (fact, pod) =>
    fact.protocol === 'tcp'
      ? istioTcp(
          fact,
          { job: 'ztunnel', namespace: 'istio-system', pod: `ztunnel-${pod}`, reporter: 'destination' },
          { response_flags: 'DENY' },
        )
      : istioHttp(fact, { job: 'pods', namespace: fact.to, pod: `waypoint-${pod}`, reporter: 'waypoint' }),
  linkerd: (fact, pod) => {
    const { outcome, protocol, perSecond, minutes } = fact;
    const labels = linkerdLabels(fact, pod);
    if (outcome === 'denied') {
      const name = protocol === 'tcp' ? 'inbound_tcp_authz_deny_total' : 'inbound_http_authz_deny_total';
      return [counter(name, labels, perSecond, minutes)];
    }
    if (protocol === 'tcp') return [counter('inbound_tcp_authz_allow_total', labels, perSecond, minutes)];
    const classification = outcome === 'failed' ? 'failure' : 'success';
    return [
      counter('request_total', labels, perSecond, minutes),
      counter('response_total', { ...labels, status_code: codes[outcome], classification }, perSecond, minutes),
      ...histogram('response_latency_ms_bucket', { ...labels, status_code: codes[outcome] }, fact),
    ];
  },
};
