import { readFileSync } from 'node:fs';
import path from 'node:path';

import { beforeAll, expect, test } from 'vitest';

import { Promtool } from './promtool.js';

const rules = readFileSync(path.resolve(import.meta.dirname, '../../deploy/prometheus/bulkhead-alerts.yaml'), 'utf8');
let promtool: Promtool;
beforeAll(async () => {
  promtool = await Promtool.start();
}, 1_800_000);

/** The metrics of a healthy installation over 40 intervals. */
const healthy = {
  'bulkhead_tenants{phase="active",instance="w1"}': '5x40',
  'bulkhead_tenants_overdue_seconds{instance="w1"}': '0x40',
  'bulkhead_operations_oldest_open_seconds{instance="w1"}': '3x40',
  'bulkhead_audit_unsealed_seconds{instance="w1"}': '1x40',
  'apiserver_storage_size_bytes{instance="k1"}': '100000000x40',
  'http_server_request_duration_seconds_count{http_response_status_code="200",instance="a1"}': '0+300x40',
  'http_server_request_duration_seconds_count{http_response_status_code="503",instance="a1"}': '0+1x40',
};

/** Expects these alerts to fire after twenty minutes of these series. */
async function expectFiring(series: Readonly<Record<string, string>>, alerts: readonly string[]): Promise<void> {
  const input = Object.entries(series).map(([name, values]) => ({ series: name, values }));
  const samples = Object.fromEntries(alerts.map((alertname) => [`{alertname="${alertname}"}`, 1]));
  const expr = 'count by (alertname) (ALERTS{alertstate="firing"})';
  await promtool.evaluates(input, [{ expr, at: '20m', samples }], rules);
}

test('Prometheus accepts the alerts', async () => {
  const { ok, output } = await promtool.checkRules(rules);
  expect(output).toContain('SUCCESS: 10 rules found');
  expect(ok).toBe(true);
});

test('no alert fires in a healthy installation', () => expectFiring(healthy, []));

test.each<[string, Record<string, string>, string[]]>([
  ['no worker reports metrics', { 'bulkhead_tenants_overdue_seconds{instance="w1"}': 'stale' }, ['BulkheadNotWatched']],
  [
    'a tenant is not isolated',
    { 'bulkhead_tenants_unmet_conditions{type="NetworkIsolated",status="False",instance="w1"}': '1x40' },
    ['BulkheadTenantNotIsolated'],
  ],
  ['a tenant failed', { 'bulkhead_tenants{phase="failed",instance="w1"}': '1x40' }, ['BulkheadTenantFailed']],
  [
    'one of two workers sees a tenant wait',
    { 'bulkhead_tenants_overdue_seconds{instance="w2"}': '150x40' },
    ['BulkheadTenantOverdue'],
  ],
  [
    'an operation does not end',
    { 'bulkhead_operations_oldest_open_seconds{instance="w1"}': '0+400x40' },
    ['BulkheadOperationStuck'],
  ],
  [
    'the audit log is not sealed',
    { 'bulkhead_audit_unsealed_seconds{instance="w1"}': '0+30x40' },
    ['BulkheadAuditLogNotSealed'],
  ],
  [
    'the cluster does not answer',
    { 'bulkhead_tenants_unmet_conditions{type="ClusterReachable",status="False",instance="w1"}': '5x40' },
    ['BulkheadClusterUnreachable'],
  ],
  [
    'the worker must not watch a kind',
    { 'bulkhead_unwatched_kinds{cluster="default",kind="v1/Namespace",knowledge="listed",instance="w1"}': '1x40' },
    ['BulkheadKindNotWatched'],
  ],
  [
    'etcd reports that it fills',
    {
      'etcd_mvcc_db_total_size_in_bytes{instance="e1"}': '6000000000x40',
      'etcd_server_quota_backend_bytes{instance="e1"}': '8000000000x40',
    },
    ['BulkheadEtcdFills'],
  ],
  [
    'only the API server reports that etcd fills',
    { 'apiserver_storage_size_bytes{instance="k1"}': '1600000000x40' },
    ['BulkheadEtcdFills'],
  ],
  [
    'one request in thirty fails',
    { 'http_server_request_duration_seconds_count{http_response_status_code="500",instance="a1"}': '0+10x40' },
    ['BulkheadApiFails'],
  ],
])('an alert fires when %s', (_, series, alerts) => expectFiring({ ...healthy, ...series }, alerts));

test('no alert fires for a large etcd with room', () =>
  expectFiring(
    {
      ...healthy,
      'apiserver_storage_size_bytes{instance="k1"}': '4000000000x40',
      'etcd_mvcc_db_total_size_in_bytes{instance="e1"}': '4000000000x40',
      'etcd_server_quota_backend_bytes{instance="e1"}': '8000000000x40',
    },
    [],
  ));

test('no alert fires for a transient problem', async () => {
  const brief = { 'bulkhead_tenants_overdue_seconds{instance="w1"}': '0x30 150x4 0x6' };
  await expectFiring({ ...healthy, ...brief }, []);
});
