import { DENIED_TAG } from '#isolation';

import { meshRules } from './mesh-rules.js';
import { rate, type RecordingRule } from './recording-rule.js';

// Names: https://istio.io/latest/docs/reference/config/metrics/ and src/proxy/metrics.rs of ztunnel.
const requests = (selector: string): string => rate(`istio_requests_total{${selector}}`);
const durations = (selector: string): string => rate(`istio_request_duration_milliseconds_bucket{${selector}}`);
const opened = (selector: string): string => rate(`istio_tcp_connections_opened_total{${selector}}`);
const closed = (selector: string): string => rate(`istio_tcp_connections_closed_total{${selector}}`);

/**
 * The namespace of ztunnels, which report for all namespaces. Metrics of any other target count for the namespace in
 * which Prometheus found it, whatever its labels claim.
 */
const ZTUNNEL = 'namespace="istio-system"';
const PROXY = 'namespace!="istio-system"';

const service = { service: 'destination_service_name' };
const caller = { ...service, peer_namespace: 'source_workload_namespace' };
const called = { ...service, peer_namespace: 'destination_workload_namespace' };
/** Only servers report it: https://istio.io/latest/docs/reference/config/metrics/#labels */
const security = {
  secured: { from: 'connection_security_policy', where: 'mutual_tls', is: 'true', otherwise: 'false' },
};

/** gRPC codes that mean that the server itself failed. */
const GRPC_FAILURES = '2|4|12|13|14|15';

function failed(reporter: string): string {
  const byCode = requests(`${reporter},response_code=~"5.."`);
  const byGrpc = requests(`${reporter},response_code!~"5..",grpc_response_status=~"${GRPC_FAILURES}"`);
  return `${byCode} or ${byGrpc}`;
}

/** Without the tag every 403 counts as denied by the mesh. */
function refused(reporter: string): string {
  return requests(`${reporter},response_code="403",${DENIED_TAG}!="false"`);
}

/** Rates of requests that were not denied. */
function passed(rates: (selector: string) => string, reporter: string): string {
  return `${rates(`${reporter},response_code!="403"`)} or ${rates(`${reporter},response_code="403",${DENIED_TAG}="false"`)}`;
}

/** A connection is denied only after it was opened. */
function connected(reporter: string, refusal: string): string {
  return `${opened(reporter)} or -${closed(`${reporter},${refusal}`)}`;
}

const TCP_REFUSAL = `${DENIED_TAG}="true"`;
/** A ztunnel reports it when the connection ends: `response_flags` of an opening one is "-". */
const ZTUNNEL_REFUSAL = 'response_flags="DENY"';

function sidecarRules(): RecordingRule[] {
  const [server, client] = [`reporter="destination",${PROXY}`, `reporter="source",${PROXY}`];
  return meshRules({
    labels: { mesh: 'istio-sidecar', proxy: 'sidecar' },
    inbound: [
      { protocol: 'http', rates: passed(requests, server), labels: { ...caller, ...security } },
      { protocol: 'tcp', rates: connected(server, TCP_REFUSAL), labels: { ...caller, ...security } },
    ],
    outbound: [
      { protocol: 'http', rates: requests(client), labels: called },
      { protocol: 'tcp', rates: opened(client), labels: called },
    ],
    errors: { rates: failed(server), labels: service },
    buckets: { rates: passed(durations, server), labels: service },
    denied: [
      { protocol: 'http', rates: refused(server), labels: caller },
      { protocol: 'tcp', rates: closed(`${server},${TCP_REFUSAL}`), labels: caller },
    ],
  });
}

/** Waypoints run in the namespace of the services that they front. */
function waypointRules(): RecordingRule[] {
  const server = `reporter="waypoint",${PROXY}`;
  return meshRules({
    labels: { mesh: 'istio-ambient', proxy: 'waypoint' },
    inbound: [{ protocol: 'http', rates: passed(requests, server), labels: { ...caller, ...security } }],
    errors: { rates: failed(server), labels: service },
    buckets: { rates: passed(durations, server), labels: service },
    denied: [{ protocol: 'http', rates: refused(server), labels: caller }],
  });
}

function ztunnelRules(): RecordingRule[] {
  const [server, client] = [`reporter="destination",${ZTUNNEL}`, `reporter="source",${ZTUNNEL}`];
  const callee = { ...caller, namespace: 'destination_workload_namespace' };
  return meshRules({
    labels: { mesh: 'istio-ambient', proxy: 'ztunnel' },
    inbound: [{ protocol: 'tcp', rates: connected(server, ZTUNNEL_REFUSAL), labels: { ...callee, ...security } }],
    outbound: [
      { protocol: 'tcp', rates: opened(client), labels: { ...called, namespace: 'source_workload_namespace' } },
    ],
    denied: [{ protocol: 'tcp', rates: closed(`${server},${ZTUNNEL_REFUSAL}`), labels: callee }],
  });
}

/** Rules for Istio with sidecars, ambient, or both side by side. */
export function istioRules(): RecordingRule[] {
  return [...sidecarRules(), ...waypointRules(), ...ztunnelRules()];
}
