import { recorded, series } from '../rules/series.js';
import { type Dashboard, dashboard } from './dashboard.js';
import { type PanelContent, type Row } from './panel.js';

const TOP = 20;
const top = (expr: string): string => `topk(${TOP}, ${expr})`;
const http = recorded(series.calls, 'protocol="http"');

/** The dashboard of all tenants. It lists only the top tenants: nobody can read a thousand lines. */
export const fleetDashboard: Dashboard = dashboard({
  uid: 'bulkhead-fleet',
  title: 'Bulkhead: all tenants',
  description: 'Traffic of all tenants, each as the proxies of its own namespaces report it.',
  tags: ['bulkhead', 'fleet'],
  variables: [],
  rows: rows(),
});

function rows(): Row[] {
  return [
    { kind: 'stat', panels: nowPanels() },
    { kind: 'timeseries', panels: [busiest(), failing()] },
    { kind: 'timeseries', panels: [slowest(), unsecured()] },
    { kind: 'timeseries', panels: [denied(), connections()] },
    { kind: 'table', panels: [betweenTenants(), refusedBetweenTenants()] },
  ];
}

function nowPanels(): PanelContent[] {
  const secured = `(sum(${recorded(series.calls, 'secured="true"')}) or vector(0)) / (sum(${recorded(series.calls)}) > 0)`;
  return [
    {
      title: 'Tenants',
      unit: 'short',
      description: 'Tenants whose namespaces Prometheus knows.',
      queries: [{ expr: `count(group by (tenant) (${recorded(series.namespaceInfo)}))`, legend: 'tenants' }],
    },
    {
      title: 'Requests',
      unit: 'reqps',
      description: 'HTTP requests per second of all tenants.',
      queries: [{ expr: `sum(${http}) or vector(0)`, legend: 'requests' }],
    },
    {
      title: 'Errors',
      unit: 'percentunit',
      description: 'Share of requests with a server error: 5xx, or the gRPC equivalent.',
      queries: [{ expr: `(sum(${recorded(series.errors)}) or vector(0)) / (sum(${http}) > 0)`, legend: 'errors' }],
    },
    {
      title: 'Mutual TLS',
      unit: 'percentunit',
      description: 'Share of requests and connections with mutual TLS.',
      queries: [{ expr: secured, legend: 'mutual TLS' }],
    },
    {
      title: 'Denied',
      unit: 'cps',
      description: 'Requests and connections per second that the mesh denied.',
      queries: [{ expr: `sum(${recorded(series.denied)}) or vector(0)`, legend: 'denied' }],
    },
  ];
}

function busiest(): PanelContent {
  return {
    title: 'Busiest tenants',
    unit: 'reqps',
    description: 'HTTP requests per second.',
    queries: [{ expr: top(`sum by (tenant) (${http})`), legend: '{{tenant}}' }],
  };
}

function failing(): PanelContent {
  return {
    title: 'Most errors',
    unit: 'percentunit',
    description: 'Share of requests with a server error.',
    queries: [
      {
        expr: top(`sum by (tenant) (${recorded(series.errors)}) / (sum by (tenant) (${http}) > 0)`),
        legend: '{{tenant}}',
      },
    ],
  };
}

function slowest(): PanelContent {
  const p99 = `histogram_quantile(0.99, sum by (tenant, le) (${recorded(series.buckets)}))`;
  return {
    title: 'Slowest tenants',
    unit: 'ms',
    description: '99% of requests are faster.',
    queries: [{ expr: top(p99), legend: '{{tenant}}' }],
  };
}

function unsecured(): PanelContent {
  const share = `sum by (tenant) (${recorded(series.calls, 'secured="false"')}) / (sum by (tenant) (${recorded(series.calls)}) > 0)`;
  return {
    title: 'Without mutual TLS',
    unit: 'percentunit',
    description: 'Share of requests and connections without mutual TLS.',
    queries: [{ expr: top(share), legend: '{{tenant}}' }],
  };
}

function denied(): PanelContent {
  return {
    title: 'Most denied',
    unit: 'cps',
    description: 'Requests and connections per second that the mesh denied, by called tenant.',
    queries: [{ expr: top(`sum by (tenant) (${recorded(series.denied)})`), legend: '{{tenant}}' }],
  };
}

function connections(): PanelContent {
  return {
    title: 'Most connections',
    unit: 'cps',
    description: 'TCP connections per second other than HTTP.',
    queries: [{ expr: top(`sum by (tenant) (${recorded(series.calls, 'protocol="tcp"')})`), legend: '{{tenant}}' }],
  };
}

function betweenTenants(): PanelContent {
  const calls = recorded(series.peerCalls, 'direction="inbound",peer_kind="tenant"');
  return {
    title: 'Top talkers between tenants',
    unit: 'cps',
    description: 'Calls per second: `peer` calls `service` of `tenant`.',
    queries: [{ expr: top(`sum by (peer, tenant, service) (${calls})`), legend: '' }],
  };
}

function refusedBetweenTenants(): PanelContent {
  const refused = recorded(series.peerDenied, 'peer_kind="tenant"');
  return {
    title: 'Denied between tenants',
    unit: 'cps',
    description: 'Denied calls per second: `peer` tried to call `service` of `tenant`.',
    queries: [{ expr: top(`sum by (peer, tenant, service) (${refused})`), legend: '' }],
  };
}
