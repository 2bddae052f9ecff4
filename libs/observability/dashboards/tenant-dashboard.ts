import { ofTenant } from '../queries/tenant-id.js';
import { recorded, series } from '../rules/series.js';
import { type Dashboard, dashboard } from './dashboard.js';
import { type PanelContent, type Row } from './panel.js';

/** A tenant as named in its dashboard. */
export interface ObservedTenant {
  id: string;
  slug: string;
  namespaces: readonly string[];
}

/** Renders the dashboard of one tenant. Its queries select the tenant's id, so a reused slug shows no old data. */
export function tenantDashboard({ id, slug, namespaces }: ObservedTenant): Dashboard {
  const of = ofTenant(id);
  return dashboard({
    uid: id,
    title: `Tenant ${slug}`,
    description: `Traffic of ${id} as the proxies of its own namespaces report it: ${namespaces.join(', ')}.`,
    tags: ['bulkhead', 'tenant'],
    variables: [
      {
        name: 'environment',
        title: 'Environment',
        values: `label_values(${recorded(series.namespaceInfo, of)}, environment)`,
      },
    ],
    rows: rows(`${of},environment=~"$environment"`),
  });
}

function rows(own: string): Row[] {
  const http = recorded(series.calls, `${own},protocol="http"`);
  const all = recorded(series.calls, own);
  return [
    { kind: 'stat', panels: nowPanels(own, http, all) },
    { kind: 'timeseries', panels: [requestPanel(http), errorPanel(own)] },
    { kind: 'timeseries', panels: [latencyPanel(own), securedPanel(own)] },
    { kind: 'timeseries', panels: [deniedPanel(own), connectionPanel(own)] },
    { kind: 'table', panels: talkerPanels(own) },
  ];
}

function nowPanels(own: string, http: string, all: string): PanelContent[] {
  const errors = `(sum(${recorded(series.errors, own)}) or vector(0)) / (sum(${http}) > 0)`;
  const secured = `(sum(${recorded(series.calls, `${own},secured="true"`)}) or vector(0)) / (sum(${all}) > 0)`;
  const p99 = `histogram_quantile(0.99, sum by (le) (${recorded(series.buckets, own)}))`;
  return [
    {
      title: 'Requests',
      unit: 'reqps',
      description: 'HTTP requests per second that workloads of the tenant received.',
      queries: [{ expr: `sum(${http}) or vector(0)`, legend: 'requests' }],
    },
    {
      title: 'Errors',
      unit: 'percentunit',
      description: 'Share of requests with a server error: 5xx, or the gRPC equivalent.',
      queries: [{ expr: errors, legend: 'errors' }],
    },
    { title: 'p99', unit: 'ms', description: '99% of requests are faster.', queries: [{ expr: p99, legend: 'p99' }] },
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
      queries: [{ expr: `sum(${recorded(series.denied, own)}) or vector(0)`, legend: 'denied' }],
    },
  ];
}

function requestPanel(http: string): PanelContent {
  return {
    title: 'Requests by service',
    unit: 'reqps',
    description: 'HTTP requests per second.',
    queries: [{ expr: `sum by (environment, service) (${http})`, legend: '{{environment}} / {{service}}' }],
  };
}

function errorPanel(own: string): PanelContent {
  return {
    title: 'Errors by service',
    unit: 'percentunit',
    description: 'Share of requests with a server error.',
    queries: [{ expr: recorded(series.errorRatio, own), legend: '{{environment}} / {{service}}' }],
  };
}

function latencyPanel(own: string): PanelContent {
  return {
    title: 'Duration by service',
    unit: 'ms',
    description: '50%, 95% and 99% of requests are faster.',
    queries: [{ expr: recorded(series.latency, own), legend: '{{environment}} / {{service}} p{{quantile}}' }],
  };
}

function securedPanel(own: string): PanelContent {
  return {
    title: 'Mutual TLS by service',
    unit: 'percentunit',
    description: 'Below 1 some callers have no identity.',
    queries: [{ expr: recorded(series.securedRatio, own), legend: '{{environment}} / {{service}}' }],
  };
}

function deniedPanel(own: string): PanelContent {
  return {
    title: 'Denied by caller',
    unit: 'cps',
    description: 'Callers that were denied at workloads of the tenant.',
    queries: [
      { expr: `sum by (peer_kind, peer) (${recorded(series.peerDenied, own)})`, legend: '{{peer_kind}} {{peer}}' },
    ],
  };
}

function connectionPanel(own: string): PanelContent {
  return {
    title: 'Connections by service',
    unit: 'cps',
    description: 'TCP connections per second other than HTTP.',
    queries: [
      {
        expr: `sum by (environment, service) (${recorded(series.calls, `${own},protocol="tcp"`)})`,
        legend: '{{environment}} / {{service}}',
      },
    ],
  };
}

function talkerPanels(own: string): PanelContent[] {
  const top = (direction: string): string =>
    `topk(20, sum by (peer_kind, peer, service) (${recorded(series.peerCalls, `${own},direction="${direction}"`)}))`;
  return [
    {
      title: 'Callers of the tenant',
      unit: 'cps',
      description: 'Calls per second; other tenants call through links.',
      queries: [{ expr: top('inbound'), legend: '' }],
    },
    {
      title: 'Called by the tenant',
      unit: 'cps',
      description: 'Calls per second, as reported by the tenant’s proxies.',
      queries: [{ expr: top('outbound'), legend: '' }],
    },
  ];
}
