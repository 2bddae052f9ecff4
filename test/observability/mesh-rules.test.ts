import { ruleFileYaml, tenantQueries } from '#observability';
import { beforeAll, describe, expect, test } from 'vitest';

import { counter, type Fact, meshes, namespaceSeries, seriesOf } from './mesh-series.js';
import { acme, beta, evil, late, tenants } from './mesh-tenants.js';
import { Promtool } from './promtool.js';

let promtool: Promtool;
let evaluates: Promtool['evaluates'];
beforeAll(async () => {
  promtool = await Promtool.start();
  evaluates = promtool.evaluates.bind(promtool);
}, 1_800_000);

test('Prometheus accepts the rules', async () => {
  const { ok, output } = await promtool.checkRules(ruleFileYaml());
  expect(output).toContain('SUCCESS');
  expect(ok).toBe(true);
});

describe.each(meshes)('%s', (mesh) => {
  const facts: Fact[] = [
    { from: 'tn-acme', to: 'tn-acme', service: 'web', outcome: 'ok', perSecond: 10 },
    { from: 'tn-acme-staging', to: 'tn-acme', service: 'web', outcome: 'failed', perSecond: 2 },
    { from: 'tn-beta', to: 'tn-acme', service: 'web', outcome: 'ok', perSecond: 4 },
    { from: 'istio-ingress', to: 'tn-acme', service: 'web', outcome: 'ok', perSecond: 3 },
    { from: null, to: 'tn-acme', service: 'web', outcome: 'ok', perSecond: 1 },
    { from: 'tn-acme-evil', to: 'tn-acme', service: 'web', outcome: 'denied', perSecond: 6 },
    { from: 'tn-acme-staging', to: 'tn-acme-staging', service: 'web', outcome: 'ok', perSecond: 5 },
    { from: 'tn-acme', to: 'tn-acme', service: 'db', protocol: 'tcp', outcome: 'ok', perSecond: 8 },
    { from: 'tn-beta', to: 'tn-acme', service: 'db', protocol: 'tcp', outcome: 'denied', perSecond: 7 },
    { from: 'tn-acme-evil', to: 'tn-acme-evil', service: 'web', outcome: 'ok', perSecond: 100 },
  ];
  const input = [...tenants, ...seriesOf(mesh, facts)];
  const web = `environment="main",service="web",tenant="${acme}"`;

  test('rules record the golden signals of a tenant by service', () =>
    evaluates(input, [
      {
        expr: `sum by (tenant, environment, service) (bulkhead:calls:rate5m{tenant="${acme}",protocol="http"})`,
        at: '20m',
        samples: { [`{${web}}`]: 20, [`{environment="staging",service="web",tenant="${acme}"}`]: 5 },
      },
      {
        expr: `bulkhead:request_errors:ratio5m{tenant="${acme}"}`,
        at: '20m',
        samples: {
          [`bulkhead:request_errors:ratio5m{${web}}`]: 0.1,
          [`bulkhead:request_errors:ratio5m{environment="staging",service="web",tenant="${acme}"}`]: 0,
        },
      },
      {
        // The median: a quarter is below 10, the rest is spread between 10 and 100.
        expr: `bulkhead:request_duration_milliseconds:quantile5m{quantile="0.5",environment="main",tenant="${acme}"}`,
        at: '20m',
        samples: { [`bulkhead:request_duration_milliseconds:quantile5m{quantile="0.5",${web}}`]: 40 },
      },
    ]));

  test('rules record the share of mutual TLS, and denied calls', () =>
    evaluates(input, [
      {
        expr: `bulkhead:secured:ratio5m{tenant="${acme}",environment="main"}`,
        at: '20m',
        samples: {
          [`bulkhead:secured:ratio5m{${web}}`]: 0.95,
          [`bulkhead:secured:ratio5m{environment="main",service="db",tenant="${acme}"}`]: 1,
        },
      },
      {
        expr: `bulkhead:peer_denied:rate5m{tenant="${acme}"}`,
        at: '20m',
        samples: {
          [`bulkhead:peer_denied:rate5m{${web},mesh="${mesh}",peer="${evil}",peer_kind="tenant",protocol="http"}`]: 6,
          [`bulkhead:peer_denied:rate5m{environment="main",mesh="${mesh}",peer="${beta}",peer_kind="tenant",protocol="tcp",service="db",tenant="${acme}"}`]: 7,
        },
      },
      {
        expr: `sum by (tenant) (bulkhead:calls:rate5m{protocol="tcp"})`,
        at: '20m',
        samples: { [`{tenant="${acme}"}`]: 8 },
      },
    ]));

  test('rules record the callers of a tenant: itself, others, the platform, and unidentified ones', () =>
    evaluates(input, [
      {
        expr: `sum by (peer_kind, peer) (bulkhead:peer_calls:rate5m{tenant="${acme}",environment="main",direction="inbound",protocol="http"})`,
        at: '20m',
        samples: {
          [`{peer_kind="own",peer="${acme}"}`]: 12,
          [`{peer_kind="tenant",peer="${beta}"}`]: 4,
          '{peer_kind="platform",peer="istio-ingress"}': 3,
          '{peer_kind="outside"}': 1,
        },
      },
      {
        expr: `sum by (tenant) (bulkhead:calls:rate5m{tenant="${evil}"})`,
        at: '20m',
        samples: { [`{tenant="${evil}"}`]: 100 },
      },
    ]));

  test('a namespace that has just changed tenants belongs to none until rates no longer include the old one', async () => {
    const mapping = [
      namespaceSeries('tn-acme', acme, { minutes: [0, 20] }),
      namespaceSeries('tn-acme', late, { minutes: [22, 90] }),
      namespaceSeries('tn-beta', beta),
    ];
    const traffic = seriesOf(mesh, [
      { from: 'tn-beta', to: 'tn-acme', service: 'web', outcome: 'ok', perSecond: 10, minutes: [0, 20] },
      { from: 'tn-beta', to: 'tn-acme', service: 'web', outcome: 'ok', perSecond: 3, minutes: [22, 90] },
      { from: 'tn-acme', to: 'tn-beta', service: 'api', outcome: 'ok', perSecond: 2 },
    ]);
    const calls = 'sum by (tenant, service) (bulkhead:calls:rate5m)';
    const peers = `sum by (peer_kind, peer) (bulkhead:peer_calls:rate5m{tenant="${beta}"})`;
    const api = { [`{service="api",tenant="${beta}"}`]: 2 };
    const doubtful = { '{peer_kind="outside"}': 2 };
    await evaluates(
      [...mapping, ...traffic],
      [
        { expr: calls, at: '15m', samples: { ...api, [`{service="web",tenant="${acme}"}`]: 10 } },
        { expr: peers, at: '15m', samples: { [`{peer_kind="tenant",peer="${acme}"}`]: 2 } },
        { expr: calls, at: '23m', samples: api },
        { expr: peers, at: '23m', samples: doubtful },
        { expr: calls, at: '29m', samples: api },
        { expr: calls, at: '40m', samples: { ...api, [`{service="web",tenant="${late}"}`]: 3 } },
        { expr: peers, at: '40m', samples: { [`{peer_kind="tenant",peer="${late}"}`]: 2 } },
      ],
    );
  });
});

test('a pod that claims to be another tenant counts for the namespace that it runs in', async () => {
  const claim = {
    job: 'pods',
    namespace: 'tn-acme-evil',
    pod: 'liar',
    reporter: 'destination',
    response_code: '500',
    destination_workload_namespace: 'tn-acme',
    destination_service_name: 'web',
    source_workload_namespace: 'tn-beta',
    connection_security_policy: 'none',
  };
  const mapping = {
    job: 'pods',
    namespace: 'tn-acme-evil',
    pod: 'liar',
    label_bulkhead_io_tenant_id: acme,
    label_bulkhead_io_environment: 'main',
  };
  await evaluates(
    [
      ...tenants,
      counter('istio_requests_total', claim, 50),
      counter('istio_tcp_connections_opened_total', claim, 50),
      counter('kube_namespace_labels', mapping, 0),
      // Series with the names of recorded ones.
      counter(
        'bulkhead:namespace_info',
        { job: 'pods', namespace: 'tn-acme-evil', tenant: acme, environment: 'main' },
        0,
      ),
      counter('bulkhead:peer_namespace_calls:rate5m', { job: 'pods', tenant: acme, direction: 'inbound' }, 9),
    ],
    [
      { expr: `{__name__=~"bulkhead:.+",job="",tenant="${acme}",service=~".+"}`, at: '20m', samples: {} },
      { expr: tenantQueries(acme, '5m').requests, at: '20m', samples: {} },
      {
        expr: 'sum by (tenant) (bulkhead:request_errors:rate5m)',
        at: '20m',
        samples: { [`{tenant="${evil}"}`]: 50 },
      },
    ],
  );
});

test('neither two tenants in one namespace nor two replicas of kube-state-metrics break the rules of others', () =>
  evaluates(
    [
      ...tenants,
      namespaceSeries('tn-torn', acme),
      namespaceSeries('tn-torn', beta),
      namespaceSeries('tn-beta', beta, { labels: { instance: 'ksm-1' } }),
      ...seriesOf('istio-sidecar', [
        { from: null, to: 'tn-torn', service: 'web', outcome: 'ok', perSecond: 9 },
        { from: null, to: 'tn-beta', service: 'web', outcome: 'ok', perSecond: 2 },
      ]),
    ],
    [
      { expr: 'sum by (tenant) (bulkhead:calls:rate5m)', at: '20m', samples: { [`{tenant="${beta}"}`]: 2 } },
      {
        expr: 'count by (namespace) (bulkhead:namespace_info)',
        at: '20m',
        samples: Object.fromEntries(
          ['tn-acme', 'tn-acme-staging', 'tn-acme-evil', 'tn-beta'].map((name) => [`{namespace="${name}"}`, 1]),
        ),
      },
    ],
  ));

describe('classification', () => {
  const labels = {
    job: 'pods',
    namespace: 'tn-acme',
    pod: 'web-0',
    reporter: 'destination',
    destination_service_name: 'web',
    source_workload_namespace: 'tn-acme',
    connection_security_policy: 'mutual_tls',
  };
  const total = (name: string): string => `sum(${name}{tenant="${acme}"}) or vector(0)`;

  test('a 403 of the workload itself counts as a request, one of the mesh or without the tag as denied', () =>
    evaluates(
      [
        ...tenants,
        counter('istio_requests_total', { ...labels, response_code: '403', bulkhead_denied: 'false' }, 5),
        counter('istio_requests_total', { ...labels, response_code: '403', bulkhead_denied: 'true' }, 3),
        counter('istio_requests_total', { ...labels, response_code: '403', pod: 'web-1' }, 2),
      ],
      [
        { expr: total('bulkhead:calls:rate5m'), at: '20m', samples: { '{}': 5 } },
        { expr: total('bulkhead:denied:rate5m'), at: '20m', samples: { '{}': 5 } },
      ],
    ));

  test('gRPC errors are recognised by the gRPC status', () =>
    evaluates(
      [
        ...tenants,
        counter('istio_requests_total', { ...labels, response_code: '200', grpc_response_status: '14' }, 4),
        // A client error.
        counter('istio_requests_total', { ...labels, response_code: '200', grpc_response_status: '5' }, 6),
      ],
      [{ expr: total('bulkhead:request_errors:rate5m'), at: '20m', samples: { '{}': 4 } }],
    ));

  test('kubelet probes and metrics scrapes do not count as traffic of a tenant', () => {
    const linkerd = { namespace: 'tn-acme', deployment: 'web', direction: 'inbound', tls: 'no_identity' };
    return evaluates(
      [
        ...tenants,
        counter('request_total', { ...linkerd, target_port: '8080', authz_name: 'probe' }, 1),
        counter('request_total', { ...linkerd, target_port: '4191', authz_name: 'metrics' }, 1),
      ],
      [{ expr: total('bulkhead:calls:rate5m'), at: '20m', samples: { '{}': 0 } }],
    );
  });
});
