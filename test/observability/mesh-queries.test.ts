import { DENIED_TAG, renderTenant } from '#isolation';
import { ruleFile, tenantQueries } from '#observability';
import { beforeAll, describe, expect, test } from 'vitest';

import { inMesh } from '../isolation/meshes.js';
import { builtInPlan, tenant } from '../isolation/tenants.js';
import { type Fact, seriesOf } from './mesh-series.js';
import { acme, beta, tenants } from './mesh-tenants.js';
import { Promtool } from './promtool.js';

interface Override {
  match: { metric: string };
  tagOverrides: object;
}

let evaluates: Promtool['evaluates'];
beforeAll(async () => {
  const promtool = await Promtool.start();
  evaluates = promtool.evaluates.bind(promtool);
}, 1_800_000);

describe('the queries of one tenant', () => {
  const facts: Fact[] = [
    { from: 'tn-beta', to: 'tn-acme', service: 'web', outcome: 'ok', perSecond: 30, minutes: [60, 90] },
    { from: 'tn-beta', to: 'tn-acme', service: 'web', outcome: 'failed', perSecond: 10, minutes: [60, 90] },
    { from: null, to: 'tn-acme', service: 'web', outcome: 'denied', perSecond: 6, minutes: [60, 90] },
    { from: 'tn-acme-evil', to: 'tn-acme-evil', service: 'web', outcome: 'ok', perSecond: 100 },
  ];
  const input = [...tenants, ...seriesOf('istio-sidecar', facts)];

  test('return means over their window: half an hour of traffic counts half in an hour', () => {
    const [hour, now] = [tenantQueries(acme, '1h'), tenantQueries(acme, '5m')];
    return evaluates(input, [
      { expr: now.requests, at: '89m', samples: { '{}': 40 } },
      { expr: now.errorRatio, at: '89m', samples: { '{}': 0.25 } },
      { expr: now.latency.p50, at: '89m', samples: { '{}': 40 } },
      { expr: now.mtlsShare, at: '89m', samples: { '{}': 1 } },
      { expr: now.denied, at: '89m', samples: { '{}': 6 } },
      {
        expr: now.peers,
        at: '89m',
        samples: { [`{direction="inbound",peer_kind="tenant",peer="${beta}",service="web"}`]: 40 },
      },
      { expr: now.deniedPeers, at: '89m', samples: { '{peer_kind="outside",service="web"}': 6 } },
      // From 29 to 89 with a rate that needs five minutes to rise: 26.5 minutes' worth of 40.
      { expr: `round(${hour.requests})`, at: '89m', samples: { '{}': 18 } },
      { expr: hour.errorRatio, at: '89m', samples: { '{}': 0.25 } },
    ]);
  });

  test('return nothing for a tenant without traffic, and reject anything but an id', async () => {
    const queries = tenantQueries(beta, '1h');
    await evaluates(input, [
      { expr: queries.requests, at: '89m', samples: {} },
      { expr: queries.errorRatio, at: '89m', samples: {} },
      { expr: queries.peers, at: '89m', samples: {} },
    ]);
    for (const wrong of ['', 'tn-acme', `${acme}"} or {a="`, `${acme}\n`, acme.toUpperCase()]) {
      expect(() => tenantQueries(wrong, '1h')).toThrow('not a tenant id');
    }
  });
});

test('the Telemetry of a tenant adds the denied tag to each metric for which the rules use it', () => {
  const names: Record<string, string> = {
    istio_requests_total: 'REQUEST_COUNT',
    istio_request_duration_milliseconds_bucket: 'REQUEST_DURATION',
    istio_tcp_connections_closed_total: 'TCP_CLOSED_CONNECTIONS',
  };
  const exprs = ruleFile.groups.flatMap((group) => group.rules.map(({ expr }) => expr)).join('\n');
  const asked = [...exprs.matchAll(/(istio_\w+)\{[^}]*bulkhead_denied/g)].map(([, name]) => names[name ?? '']);
  const rendered = renderTenant(inMesh(tenant('acme', builtInPlan('team')), 'istio-sidecar'));
  const telemetry = rendered.find(({ kind }) => kind === 'Telemetry');
  const { metrics } = telemetry?.['spec'] as { metrics: { overrides: Override[] }[] };
  const tagged = metrics.flatMap(({ overrides }) => overrides.filter(({ tagOverrides }) => DENIED_TAG in tagOverrides));
  expect(tagged.map(({ match }) => match.metric).sort()).toEqual([...new Set(asked)].sort());
});
