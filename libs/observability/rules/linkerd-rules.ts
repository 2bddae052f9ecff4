import { meshRules } from './mesh-rules.js';
import { rate, type RecordingRule } from './recording-rule.js';

// Names: https://linkerd.io/2-edge/reference/proxy-metrics/. `namespace` and the workload are what Prometheus knows
// about the pod, not what the pod claims.
const ADMIN_PORT = '4191';
/** Kubelet probes and metrics scrapes also reach pods through the proxy, without mutual TLS. */
const authorized = `authz_name!="probe",target_port!="${ADMIN_PORT}",srv_port!="${ADMIN_PORT}"`;
const inbound = `direction="inbound",${authorized}`;
const outbound = 'direction="outbound"';

/** Servers do not know through which Service they are called. */
const service = { service: { join: ['deployment', 'statefulset', 'daemonset', 'k8s_job'] } };
/** The identity is `<account>.<namespace>.serviceaccount.identity.<control plane>.<trust domain>`. */
const caller = {
  ...service,
  peer_namespace: {
    from: 'client_id',
    where: '[^.]+[.]([^.]+)[.]serviceaccount[.]identity[.].+',
    is: '$1',
    otherwise: 'unknown',
  },
};
/** TLS without a client identity is not mutual. */
const security = { secured: { from: 'client_id', where: '.+', is: 'true', otherwise: 'false' } };
const called = { service: 'dst_service', peer_namespace: 'dst_namespace' };

/** Rules for Linkerd. Its proxies count HTTP separately from opaque connections. */
export function linkerdRules(): RecordingRule[] {
  return meshRules({
    labels: { mesh: 'linkerd', proxy: 'linkerd' },
    inbound: [
      { protocol: 'http', rates: rate(`request_total{${inbound}}`), labels: { ...caller, ...security } },
      {
        protocol: 'tcp',
        rates: rate(`inbound_tcp_authz_allow_total{${authorized}}`),
        labels: { ...caller, ...security },
      },
    ],
    outbound: [{ protocol: 'http', rates: rate(`request_total{${outbound}}`), labels: called }],
    errors: { rates: rate(`response_total{${inbound},classification="failure"}`), labels: service },
    buckets: { rates: rate(`response_latency_ms_bucket{${inbound}}`), labels: service },
    denied: [
      { protocol: 'http', rates: rate(`inbound_http_authz_deny_total{${authorized}}`), labels: caller },
      { protocol: 'tcp', rates: rate(`inbound_tcp_authz_deny_total{${authorized}}`), labels: caller },
    ],
  });
}
