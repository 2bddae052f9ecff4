import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ruleFileYaml } from '#observability';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { namespaceSeries, seriesOf } from '../observability/mesh-series.js';
import { type InputSeries } from '../observability/promtool.js';
import { type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { eventually } from '../support/eventually.js';
import { proposeLink } from '../support/links.js';
import { type PrometheusServer, startPrometheus } from '../support/prometheus.js';

interface Measured {
  value: number | null;
  query: string;
}
interface TrafficBody {
  at: string | null;
  signals: Record<string, Measured>;
  services: { items: Record<string, unknown>[] };
  peers: { items: Record<string, unknown>[] };
  deniedPeers: { items: Record<string, unknown>[] };
}

const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-traffic-'));
const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(dir, { recursive: true, force: true });
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The labels that a target does not export itself. */
const TARGET_LABELS = /\b(job|namespace|pod|instance)="[^"]*",/g;
const started = Date.now();

/** The current metrics page of a target: each counter has grown since the test began, to the millisecond. */
function exposition(series: readonly InputSeries[], own: RegExp = TARGET_LABELS): string {
  const now = Date.now();
  const lines = series.map(({ series: name, values }) => {
    const [, first = '0', growth = '0'] = /(\d+)\+([\d.]+)x/.exec(values) ?? [];
    const value = Number(first) + (Number(growth) / 30) * ((now - started) / 1000);
    return `${name.replace(own, '')} ${value} ${now}`;
  });
  return `${lines.join('\n')}\n`;
}

describe('from a real Prometheus with the rules', () => {
  let bulkhead: Bulkhead;
  let prometheus: PrometheusServer;
  let [acme, evil, beta] = [] as TenantBody[];
  const tenantOf = (tenant: TenantBody | undefined): TenantBody => {
    if (tenant === undefined) throw new Error('the tenant was not made');
    return tenant;
  };
  const namespaceOf = (tenant: TenantBody | undefined): string => tenantOf(tenant).namespaces[0]?.name ?? '';
  const pages = new Map<string, () => string>();

  beforeAll(async () => {
    const target = await listen(({ url }, answer) => {
      answer.setHeader('content-type', 'text/plain; version=0.0.4');
      answer.end(pages.get(url ?? '')?.() ?? '');
    });
    const shorter = ruleFileYaml().replaceAll('[5m]', '[10s]').replaceAll('[10m]', '[20s]');
    const rules = shorter.replace('interval: 1m', 'interval: 1s');
    const job = (job_name: string, page: string, labels: object, more: object = {}): object => ({
      job_name,
      metrics_path: page,
      static_configs: [{ targets: [target], labels }],
      ...more,
    });
    const pods = Array.from({ length: 8 }, (_, index) => index);
    // Named before the tenants exist: the pods are found by their namespaces, which follow from the tenants.
    const slug = newSlug('acme');
    const names = { acme: `tn-${slug}`, evil: `tn-${slug}-evil`, beta: `tn-${newSlug('beta')}` };
    const facts = [
      { from: names.acme, to: names.acme, service: 'web', outcome: 'ok', perSecond: 12 },
      { from: names.acme, to: names.acme, service: 'web', outcome: 'failed', perSecond: 2 },
      { from: names.beta, to: names.acme, service: 'web', outcome: 'ok', perSecond: 4 },
      { from: 'istio-ingress', to: names.acme, service: 'web', outcome: 'ok', perSecond: 1 },
      { from: null, to: names.acme, service: 'web', outcome: 'ok', perSecond: 1 },
      { from: names.evil, to: names.acme, service: 'web', outcome: 'denied', perSecond: 6 },
      { from: names.evil, to: names.evil, service: 'web', outcome: 'ok', perSecond: 100 },
      { from: names.acme, to: names.beta, service: 'api', outcome: 'ok', perSecond: 7 },
    ] as const;
    prometheus = await startPrometheus({
      dir,
      rules,
      scrapeConfigs: [
        job('kube-state-metrics', '/ksm', {}, { honor_labels: true }),
        ...pods.map((index) =>
          job(`pods-${index}`, `/pod/${index}`, { namespace: facts[index]?.to ?? '', pod: `pod-${index}` }),
        ),
        // A pod of one tenant that claims to be another in every possible way.
        job('liar', '/liar', { namespace: names.evil, pod: 'liar' }),
      ],
    });
    bulkhead = await Bulkhead.start({ env: { BULKHEAD_PROMETHEUS_URL: prometheus.url } });
    const create = async (namespace: string): Promise<TenantBody> => {
      const answer = await bulkhead.api.send('POST', '/v1/tenants', { slug: namespace.slice(3), plan: 'free' });
      expect(answer.status).toBe(202);
      return answer.body as unknown as TenantBody;
    };
    [acme, evil, beta] = [await create(names.acme), await create(names.evil), await create(names.beta)];
    const [a, b, e] = [tenantOf(acme).id, tenantOf(beta).id, tenantOf(evil).id];
    const mapping = [namespaceSeries(names.acme, a), namespaceSeries(names.beta, b), namespaceSeries(names.evil, e)];
    pages.set('/ksm', () => exposition(mapping, /\bjob="[^"]*",/g));
    for (const index of pods) {
      const fact = facts[index];
      if (fact !== undefined) pages.set(`/pod/${index}`, () => exposition(seriesOf('istio-sidecar', [fact])));
    }
    const lies = [
      ...seriesOf('istio-sidecar', [{ ...facts[1], perSecond: 500 }]),
      namespaceSeries(names.evil, a),
      { series: `bulkhead:calls:rate5m{tenant="${a}",protocol="http",secured="false"}`, values: '1000+0x1' },
    ];
    pages.set('/liar', () => exposition(lies, /\bjob="[^"]*",/g));
  }, 1_800_000);
  afterAll(async () => {
    await bulkhead.stop();
    await prometheus.stop();
  });

  const read = (tenant: TenantBody | undefined, key: string | null = null): Promise<TrafficBody> => {
    const api = key === null ? bulkhead.api : bulkhead.api.as(key);
    return api.get<TrafficBody>(`/v1/tenants/${tenantOf(tenant).id}/traffic?window=5m`);
  };

  test('a tenant gets exactly its own numbers and none of another', async () => {
    const traffic = await eventually('the rates have settled', async () => {
      const answer = await read(acme);
      return Math.abs((answer.signals['requestsPerSecond']?.value ?? 0) - 20) < 0.05 && answer;
    });
    const value = (name: string): number => traffic.signals[name]?.value ?? NaN;
    expect(value('errorRatio')).toBeCloseTo(0.1, 3);
    expect(value('mtlsShare')).toBeCloseTo(0.95, 3);
    expect(value('deniedPerSecond')).toBeCloseTo(6, 1);
    expect(value('p50Milliseconds')).toBeCloseTo(40, 1);
    expect(traffic.signals['connectionsPerSecond']?.value).toBeNull();
    for (const { query } of Object.values(traffic.signals)) expect(query).toContain(tenantOf(acme).id);
    expect(traffic.services.items).toEqual([
      expect.objectContaining({ environment: 'main', service: 'web', errorRatio: expect.closeTo(0.1, 3) as number }),
    ]);
    const peers = traffic.peers.items.map(({ direction, kind, peer, perSecond }) => {
      return `${String(direction)} ${String(kind)} ${String(peer)} ${Number(perSecond).toFixed(0)}`;
    });
    expect(peers.sort()).toEqual(
      [
        `inbound own ${tenantOf(acme).id} 14`,
        `inbound tenant ${tenantOf(beta).id} 4`,
        'inbound platform istio-ingress 1',
        'inbound outside null 1',
      ].sort(),
    );
    expect(traffic.deniedPeers.items).toEqual([
      expect.objectContaining({ kind: 'tenant', peer: tenantOf(evil).id, service: 'web' }),
    ]);
    expect(await prometheus.failingRules()).toEqual([]);
  });

  test('traffic between tenants is explained by approved links of its direction and window', async () => {
    const [own, other] = [tenantOf(acme), tenantOf(beta)];
    const linksOf = async (): Promise<unknown> => {
      const { peers, deniedPeers } = await read(own);
      const named = [...peers.items, ...deniedPeers.items].map(({ kind, peer, links }) => ({ kind, peer, links }));
      for (const { kind, peer, links } of named) {
        if (kind !== 'tenant') expect(links).toBeNull();
        if (peer === tenantOf(evil).id) expect(links).toEqual([]);
      }
      return named.find(({ peer }) => peer === other.id)?.links;
    };
    expect(await linksOf()).toEqual([]);
    await proposeLink(bulkhead.api, { provider: other, consumer: own });
    const link = await proposeLink(bulkhead.api, { provider: own, consumer: other, consents: [] });
    expect(await linksOf()).toEqual([]);
    for (const side of ['provider', 'consumer']) {
      await bulkhead.api.send('POST', `/v1/links/${link.id}/consents`, { side });
    }
    // Prometheus returns the time of the query; the rates are from the last evaluation before it.
    await eventually('the link explains the calls', async () => JSON.stringify(await linksOf()).includes(link.id));
    expect(await linksOf()).toEqual([link.id]);
    await bulkhead.api.send('DELETE', `/v1/links/${link.id}`);
    expect(await linksOf()).toEqual([link.id]);
    const ofService = await proposeLink(bulkhead.api, { provider: own, consumer: other, service: 'web' });
    await eventually('the link to the service', async () => JSON.stringify(await linksOf()).includes(ofService.id));
    expect(await linksOf()).toEqual([ofService.id]);
    await bulkhead.database.query(`UPDATE links SET ended_at = now() - interval '1 hour', ended_by = 'test'`);
    expect(await linksOf()).toEqual([]);
  });

  test('traffic of a lying pod counts for the tenant that it belongs to', async () => {
    const { signals } = await eventually('the liar is counted', async () => {
      const answer = await read(evil);
      return Math.abs((answer.signals['requestsPerSecond']?.value ?? 0) - 600) < 1 && answer;
    });
    expect(signals['errorRatio']?.value).toBeCloseTo(500 / 600, 2);
    expect((await read(acme)).signals['requestsPerSecond']?.value).toBeCloseTo(20, 1);
  });

  test('a tenant without a workload has no numbers, and an unknown window or tenant is refused', async () => {
    const { body } = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug(), plan: 'free' });
    const idle = await bulkhead.api.get<TrafficBody>(`/v1/tenants/${String(body['id'])}/traffic`);
    expect(idle.at).toBeNull();
    expect(Object.values(idle.signals).map(({ value }) => value)).toEqual(Array.from({ length: 8 }, () => null));
    const path = `/v1/tenants/${tenantOf(acme).id}/traffic`;
    for (const window of ['2h', '5m]', '']) {
      const answer = await bulkhead.api.send('GET', `${path}?window=${encodeURIComponent(window)}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    }
    for (const id of ['tenant_01jzk3v8q5e7r9t1w3y5a7c9e1', encodeURIComponent('"} or {a="')]) {
      const answer = await bulkhead.api.send('GET', `/v1/tenants/${id}/traffic`);
      expect(answer).toMatchObject({ status: 404, body: { code: 'tenant.not_found' } });
    }
  });

  test('auditors read traffic, dashboards and rules; callers without a key do not', async () => {
    const auditor = await bulkhead.createKey('auditor');
    const { id } = tenantOf(acme);
    expect((await read(acme, auditor)).at).not.toBeNull();
    for (const path of [`/v1/tenants/${id}/dashboard`, '/v1/observability/dashboard', '/v1/observability/rules']) {
      expect((await bulkhead.api.as(auditor).send('GET', path)).status).toBe(200);
      expect((await bulkhead.api.as(null).send('GET', path)).status).toBe(401);
    }
    const dashboard = await bulkhead.api.get<{ uid: string; description: string }>(`/v1/tenants/${id}/dashboard`);
    expect(dashboard.uid).toBe(id);
    expect(dashboard.description).toContain(namespaceOf(acme));
    const yaml = await bulkhead.api.fetch('/v1/observability/rules', { accept: 'application/yaml' });
    expect(yaml.headers.get('content-type')).toContain('application/yaml');
    expect(await yaml.text()).toBe(ruleFileYaml());
  });
});

describe('from a broken Prometheus', () => {
  const token = path.join(dir, 'token');
  let listener: RequestListener = () => undefined;
  const seen: { path: string; authorization: string | undefined }[] = [];
  let bulkhead: Bulkhead;
  let tenant: string;

  beforeAll(async () => {
    writeFileSync(token, 'first\n');
    const address = await listen((request, answer) => {
      seen.push({ path: request.url ?? '', authorization: request.headers.authorization });
      listener(request, answer);
    });
    const env = { BULKHEAD_PROMETHEUS_URL: `http://${address}/prefix/`, BULKHEAD_PROMETHEUS_TOKEN_FILE: token };
    bulkhead = await Bulkhead.start({ env });
    const { body } = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug(), plan: 'free' });
    tenant = String(body['id']);
  });
  afterAll(() => bulkhead.stop());

  test.each<[string, RequestListener]>([
    ['an error', (_, answer) => answer.writeHead(422).end('{"status":"error"}')],
    ['other data', (_, answer) => answer.end('{"status":"success","data":{"resultType":"matrix","result":[]}}')],
    ['invalid JSON', (_, answer) => answer.end('<html>sign in</html>')],
    ['an oversized response', (_, answer) => answer.end(`{"status":"success","padding":"${'x'.repeat(2 << 20)}"}`)],
    ['a redirect', (_, answer) => answer.writeHead(307, { location: '/elsewhere' }).end()],
    ['a broken connection', (request) => request.socket.destroy()],
  ])('%s is a problem that says so, and no more', async (_, behaviour) => {
    listener = behaviour;
    seen.length = 0;
    const answer = await bulkhead.api.send('GET', `/v1/tenants/${tenant}/traffic`);
    expect(answer).toMatchObject({ status: 503, body: { code: 'traffic.unavailable' } });
    expect(JSON.stringify(answer.body)).not.toContain('prefix');
    expect(seen.map((request) => request.path)).toEqual(['/prefix/api/v1/query']);
  });

  test('the token is read from the file each time and never logged', async () => {
    listener = (_, answer) => answer.writeHead(401).end();
    writeFileSync(token, 'second-secret\n');
    seen.length = 0;
    await bulkhead.api.send('GET', `/v1/tenants/${tenant}/traffic`);
    expect(seen).toEqual([{ path: '/prefix/api/v1/query', authorization: 'Bearer second-secret' }]);
    expect(bulkhead.apiOutput()).toContain('a Prometheus query failed');
    expect(bulkhead.apiOutput()).not.toContain('second-secret');
  });
});

test('without a configured Prometheus the API reports that', async () => {
  const bulkhead = await Bulkhead.start();
  try {
    const { body } = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug(), plan: 'free' });
    const answer = await bulkhead.api.send('GET', `/v1/tenants/${String(body['id'])}/traffic`);
    expect(answer).toMatchObject({ status: 404, body: { code: 'traffic.not_configured' } });
  } finally {
    await bulkhead.stop();
  }
});
