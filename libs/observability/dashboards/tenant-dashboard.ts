import { ofTenant } from '../queries/tenant-id.js';
import { recorded, series } from '../rules/series.js';
import { type Dashboard, dashboard } from './dashboard.js';
import { type PanelContent, type Row } from './panel.js';

/** A tenant, as its dashboard names it. */
export interface ObservedTenant {
  id: string;
  slug: string;
  namespaces: readonly string[];
}

/** The dashboard of one tenant. Its queries ask for the tenant's id, so a slug that is used again shows nothing old. */
export function tenantDashboard({ id, slug, namespaces }: ObservedTenant): Dashboard {
  const of = ofTenant(id);
  return dashboard({
    uid: id,
    title: `Tenant ${slug}`,
    description: `Traffic of ${id} as the proxies of its own namespaces report it: ${namespaces.join(', ')}.`,
    tags: ['bulkhead', 'tenant'],
    variables: [
      {
        ...{ name: 'environment', title: 'Environment' },
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
      ...{ title: 'Requests', unit: 'reqps', description: 'HTTP requests a second that workloads of the tenant got.' },
      queries: [{ expr: `sum(${http}) or vector(0)`, legend: 'requests' }],
    },
    {
      ...{
        title: 'Errors',
        unit: 'percentunit',
        description: 'Share of those that the server failed: 5xx, gRPC alike.',
      },
      queries: [{ expr: errors, legend: 'errors' }],
    },
    {
      ...{ title: 'p99', unit: 'ms', description: 'The slowest hundredth of the requests takes longer.' },
      queries: [{ expr: p99, legend: 'p99' }],
    },
    {
      ...{
        title: 'Mutual TLS',
        unit: 'percentunit',
        description: 'Share of requests and connections with mutual TLS.',
      },
      queries: [{ expr: secured, legend: 'mutual TLS' }],
    },
    {
      ...{ title: 'Denied', unit: 'cps', description: 'Requests and connections a second that the mesh refused.' },
      queries: [{ expr: `sum(${recorded(series.denied, own)}) or vector(0)`, legend: 'denied' }],
    },
  ];
}

function requestPanel(http: string): PanelContent {
  return {
    ...{ title: 'Requests by service', unit: 'reqps', description: 'HTTP requests a second.' },
    queries: [{ expr: `sum by (environment, service) (${http})`, legend: '{{environment}} / {{service}}' }],
  };
}

function errorPanel(own: string): PanelContent {
  return {
    ...{
      title: 'Errors by service',
      unit: 'percentunit',
      description: 'Share of the requests that the server failed.',
    },
    queries: [{ expr: recorded(series.errorRatio, own), legend: '{{environment}} / {{service}}' }],
  };
}

function latencyPanel(own: string): PanelContent {
  return {
    ...{ title: 'Duration by service', unit: 'ms', description: 'Half, 95 % and 99 % of the requests are faster.' },
    queries: [{ expr: recorded(series.latency, own), legend: '{{environment}} / {{service}} p{{quantile}}' }],
  };
}

function securedPanel(own: string): PanelContent {
  return {
    ...{ title: 'Mutual TLS by service', unit: 'percentunit', description: 'Below 1 somebody calls without identity.' },
    queries: [{ expr: recorded(series.securedRatio, own), legend: '{{environment}} / {{service}}' }],
  };
}

function deniedPanel(own: string): PanelContent {
  return {
    ...{ title: 'Denied by caller', unit: 'cps', description: 'Who was refused at workloads of the tenant.' },
    queries: [
      { expr: `sum by (peer_kind, peer) (${recorded(series.peerDenied, own)})`, legend: '{{peer_kind}} {{peer}}' },
    ],
  };
}

function connectionPanel(own: string): PanelContent {
  return {
    ...{ title: 'Connections by service', unit: 'cps', description: 'TCP connections a second that are not HTTP.' },
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
      ...{ title: 'Who calls the tenant', unit: 'cps', description: 'Calls a second; other tenants come by a link.' },
      queries: [{ expr: top('inbound'), legend: '' }],
    },
    {
      ...{
        title: 'Whom the tenant calls',
        unit: 'cps',
        description: 'Calls a second as the tenant’s proxies sent them.',
      },
      queries: [{ expr: top('outbound'), legend: '' }],
    },
  ];
}
