/**
 * Returns one namespace of a tenant with the given number of services, as sidecars of Istio report it: three callers,
 * two outcomes, 20 buckets.
 */
const BUCKETS = [0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1e3, 2.5e3, 5e3, 1e4, 3e4, 6e4, 3e5, 6e5, 1.8e6, 3.6e6, '+Inf'];

/**
 * Returns the page of a target with the series that all proxies and kube-state-metrics would report for the given
 * number of tenants.
 * @returns {{ series: number, at: (seconds: number) => string }} `at`: the page after counters have grown for that long
 */
export function trafficPage({ tenants, environments, services }) {
  const lines = [];
  for (let tenant = 0; tenant < tenants; tenant++) {
    for (let environment = 0; environment < environments; environment++) {
      const namespace = `tn-${tenant}-${environment}`;
      const next = `tn-${(tenant + 1) % tenants}-${environment}`;
      lines.push([mapping(namespace, idOf(tenant), `env${environment}`), 0]);
      for (let service = 0; service < services; service++) {
        lines.push(...reports(namespace, `svc${service}`, ['istio-ingress', namespace, next]));
      }
    }
  }
  const text = (seconds) => lines.map(([name, rate]) => `${name} ${rate === 0 ? 1 : rate * seconds}`);
  return { series: lines.length, at: (seconds) => `${text(seconds).join('\n')}\n` };
}

/** Returns the id of the tenant with this number. */
export function idOf(number) {
  return `tenant_${String(number).padStart(26, '0')}`;
}

function mapping(namespace, id, environment) {
  const labels = `label_bulkhead_io_tenant_id="${id}",label_bulkhead_io_environment="${environment}"`;
  return `kube_namespace_labels{job="kube-state-metrics",namespace="${namespace}",${labels}}`;
}

function reports(namespace, service, callers) {
  const where = `job="pods",namespace="${namespace}",pod="${service}-0",destination_service_name="${service}"`;
  return callers.flatMap((caller) => {
    const who = `${where},source_workload_namespace="${caller}",connection_security_policy="mutual_tls"`;
    const server = `${who},reporter="destination",bulkhead_denied="false"`;
    return [
      ...['200', '503'].map((code) => [`istio_requests_total{${server},response_code="${code}"}`, 2]),
      ...BUCKETS.map((le, index) => [
        `istio_request_duration_milliseconds_bucket{${server},response_code="200",le="${le}"}`,
        (index + 1) / 10,
      ]),
    ];
  });
}
