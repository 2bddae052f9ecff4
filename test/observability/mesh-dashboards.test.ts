import {
  type Dashboard,
  fleetDashboard,
  ruleFile,
  tenantDashboard,
  tenantQueries,
  trafficWindows,
} from '#observability';
import { beforeAll, describe, expect, test } from 'vitest';

import { Promtool } from './promtool.js';

const id = `tenant_${'a'.repeat(26)}`;
const other = `tenant_${'b'.repeat(26)}`;
const acme = tenantDashboard({ id, slug: 'acme', namespaces: ['tn-acme', 'tn-acme-staging'] });
const dashboards: [string, Dashboard][] = [
  ['of a tenant', acme],
  ['of the fleet', fleetDashboard],
];
const recorded = new Set(ruleFile.groups.flatMap(({ rules }) => rules.map(({ record }) => record)));

interface Target {
  refId: string;
  expr: string;
  legendFormat: string;
  datasource: { type: string; uid: string };
}
interface PanelShape {
  id: number;
  type: string;
  title: string;
  description: string;
  gridPos: { h: number; w: number; x: number; y: number };
  targets: Target[];
}
const panelsOf = ({ panels }: Dashboard): PanelShape[] => panels as unknown as PanelShape[];
const queriesOf = (dashboard: Dashboard): string[] =>
  panelsOf(dashboard).flatMap(({ targets }) => targets.map(({ expr }) => expr));
/** Substitutes variables, as Grafana does before a query. */
const substituted = (query: string): string => query.replaceAll('$environment', '.*');
const trafficQueries = trafficWindows.flatMap((window) => {
  const { latency, ...others } = tenantQueries(id, window);
  return [...Object.values(latency), ...Object.values(others)];
});

let promtool: Promtool;
beforeAll(async () => {
  promtool = await Promtool.start();
}, 1_800_000);

describe.each(dashboards)('the dashboard %s', (_, dashboard) => {
  const panels = panelsOf(dashboard);

  test('can be imported by Grafana', () => {
    expect(dashboard.uid).toMatch(/^[a-zA-Z0-9_-]{1,40}$/);
    expect(new Set(panels.map((panel) => panel.id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    const [datasource] = dashboard.templating.list;
    expect(datasource).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' });
    for (const { targets, description, type } of panels) {
      expect(['stat', 'timeseries', 'table']).toContain(type);
      expect(description).not.toBe('');
      expect(targets.length).toBeGreaterThan(0);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      for (const target of targets) expect(target.datasource).toEqual({ type: 'prometheus', uid: '${datasource}' });
    }
    expect(JSON.parse(JSON.stringify(dashboard))).toEqual(dashboard);
  });

  test('has panels that do not overlap', () => {
    const cells = panels.flatMap(({ gridPos: { h, w, x, y } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (__, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });

  test('uses only its own variables, and only labels that its queries return', () => {
    const variables = new Set(dashboard.templating.list.map(({ name }) => name));
    for (const { targets } of panels) {
      for (const { expr, legendFormat } of targets) {
        for (const [, name] of expr.matchAll(/\$(\w+)/g)) expect(variables).toContain(name);
        for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
          const isGrouped = new RegExp(`by \\([^)]*\\b${label}\\b`).test(expr);
          expect(isGrouped || !expr.includes(' by (')).toBe(true);
        }
      }
    }
  });
});

test('every query of a tenant’s dashboard selects this tenant, and no other', () => {
  for (const query of queriesOf(acme)) {
    const selectors = query.match(/bulkhead:[a-z0-9_:]+(\{[^}]*\})?/g) ?? [];
    expect(selectors).not.toEqual([]);
    for (const selector of selectors) expect(selector).toContain(`{job="",tenant="${id}"`);
  }
  expect(JSON.stringify(tenantDashboard({ id: other, slug: 'acme', namespaces: ['tn-acme'] }))).not.toContain(id);
});

test('queries use only the series of the rules', () => {
  for (const query of [...dashboards.flatMap(([, dashboard]) => queriesOf(dashboard)), ...trafficQueries]) {
    const names = query.match(/[a-z_]+:[a-z0-9_:]+/g)?.filter((name) => name.startsWith('bulkhead:')) ?? [];
    expect(names).not.toEqual([]);
    for (const name of names) expect(recorded).toContain(name);
    expect(query).not.toMatch(/istio_|kube_|request_total|response_/);
  }
});

test('Prometheus parses every query', async () => {
  const queries = [...dashboards.flatMap(([, dashboard]) => queriesOf(dashboard).map(substituted)), ...trafficQueries];
  const rules = queries.map((expr, index) => ({ record: `query:number:${index}`, expr }));
  const { ok, output } = await promtool.checkRules(JSON.stringify({ groups: [{ name: 'queries', rules }] }));
  expect(output).toContain(`${queries.length} rules found`);
  expect(ok).toBe(true);
  const broken = [{ record: 'query:number:0', expr: 'sum by (tenant (bulkhead:calls:rate5m)' }];
  expect((await promtool.checkRules(JSON.stringify({ groups: [{ name: 'queries', rules: broken }] }))).ok).toBe(false);
});

test('text other than a tenant id cannot get into a query', () => {
  expect(() => tenantDashboard({ id: 'tenant_"} or up', slug: 'acme', namespaces: [] })).toThrow();
});
