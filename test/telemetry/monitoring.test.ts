import { spawnSync } from 'node:child_process';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { promtoolBinary } from '../../dev/go-binaries.mjs';
import { type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/program.js';

let bulkhead: Bulkhead;
const ports = { api: 0, worker: 0 };
beforeAll(async () => {
  [ports.api, ports.worker] = [await freePort(), await freePort()];
  bulkhead = await Bulkhead.start({ env: { BULKHEAD_MONITORING_PORT: String(ports.api) } });
  await bulkhead.startWorker({ BULKHEAD_MONITORING_PORT: String(ports.worker) });
}, 600_000);
afterAll(() => bulkhead.stop());

const ask = async (of: keyof typeof ports, path = '/metrics', method = 'GET'): Promise<Response> =>
  fetch(`http://127.0.0.1:${ports[of]}${path}`, { method });

/** The value of each series, by its name and labels as they are written. */
async function series(of: keyof typeof ports): Promise<Map<string, number>> {
  const text = await (await ask(of)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

const sum = (found: Map<string, number>, name: RegExp): number =>
  [...found].filter(([key]) => name.test(key)).reduce((total, [, value]) => total + value, 0);

test('a worker tells how its tenants are, and how long what it does takes', async () => {
  const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug('metrics'), plan: 'free' });
  const found = await series('worker');
  expect(found.get('bulkhead_tenants{phase="active"}')).toBe(1);
  expect([...found.keys()].filter((key) => key.startsWith('bulkhead_tenants{'))).toHaveLength(1);
  expect(found.get('bulkhead_tenants_overdue_seconds')).toBe(0);
  expect(found.get('bulkhead_operations_oldest_open_seconds')).toBe(0);
  const { conditions } = await bulkhead.api.get<TenantBody>(`/v1/tenants/${tenant.id}`);
  const unmet = conditions.filter(({ status }) => status !== 'True');
  // Nothing enforces NetworkPolicies in the development cluster.
  expect(unmet.length).toBeGreaterThan(0);
  expect(sum(found, /^bulkhead_tenants_unmet_conditions/)).toBe(unmet.length);
  for (const { type, status } of unmet) {
    expect(found.get(`bulkhead_tenants_unmet_conditions{type="${type}",status="${status}"}`)).toBe(1);
  }
  expect(found.get('bulkhead_pass_duration_seconds_count{outcome="settled"}')).toBeGreaterThanOrEqual(1);
  expect(sum(found, /^bulkhead_kube_request_duration_seconds_count\{.*method="POST",code="201"/)).toBeGreaterThan(5);
  expect(found.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);

  const hold = { source: 'admin', effect: 'suspend', reason: 'unpaid' };
  await bulkhead.api.change('POST', `/v1/tenants/${tenant.id}/holds`, hold);
  const suspended = await series('worker');
  expect(suspended.get('bulkhead_tenants{phase="suspended"}')).toBe(1);
  expect(suspended.has('bulkhead_tenants{phase="active"}')).toBe(false);
});

test('a worker tells that the audit log is sealed', async () => {
  await eventually('every entry has a place', async () => {
    return (await series('worker')).get('bulkhead_audit_unsealed_seconds') === 0;
  });
});

test('whoever asks at the same time gets everything', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => series('worker')));
  for (const found of answers) expect(found.get('bulkhead_tenants{phase="suspended"}')).toBe(1);
});

test('the API tells of requests by their route, and callers make no series', async () => {
  const before = (await series('api')).size;
  for (let index = 0; index < 20; index += 1) await bulkhead.api.send('GET', `/v1/nothing-${index}`);
  const unknown = newSlug('tenant');
  await bulkhead.api.send('GET', `/v1/tenants/${unknown}`);
  const found = await series('api');
  const key = (method: string, route: string, status: number): string =>
    `http_server_request_duration_seconds_count{http_request_method="${method}",http_route="${route}",http_response_status_code="${status}"}`;
  expect(found.get(key('POST', '/v1/tenants', 202))).toBe(1);
  expect(found.get(key('GET', 'none', 404))).toBe(20);
  expect([...found.keys()].join('\n')).not.toContain(unknown);
  // Two routes, each with its buckets, sum and count.
  expect(found.size - before).toBeLessThan(60);
});

test('what is told is as Prometheus wants it', async () => {
  const promtool = await promtoolBinary();
  for (const of of ['api', 'worker'] as const) {
    const response = await ask(of);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const own = (await response.text()).split('\n').filter((line) => /bulkhead_|http_server/.test(line));
    const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], { input: `${own.join('\n')}\n` });
    expect(`${stdout.toString()}${stderr.toString()}`).toBe('');
    expect(status).toBe(0);
    const wrong = spawnSync(promtool, ['check', 'metrics'], { input: '# TYPE Bad counter\nBad 1\n' });
    expect(wrong.status).not.toBe(0);
  }
}, 600_000);

test('both processes report the last success of their background loops', async () => {
  const loopsOf = async (of: keyof typeof ports): Promise<Record<string, number>> =>
    Object.fromEntries(
      [...(await series(of))].flatMap(([key, value]) => {
        const [, loop] = /^bulkhead_loop_last_success_timestamp_seconds\{loop="(.*)"\}$/.exec(key) ?? [];
        return loop === undefined ? [] : [[loop, value]];
      }),
    );
  expect(Object.keys(await loopsOf('api')).sort()).toEqual([
    'event-stream-watch',
    'idempotency-purge',
    'invitation-purge',
    'question-purge',
  ]);
  const began = Date.now() / 1_000;
  await eventually('loops of the worker have run', async () => {
    const loops = await loopsOf('worker');
    const periodic = ['sweeper', 'dispatcher', 'link-driver', 'rollout-driver', 'audit-sealer', 'prover'];
    return periodic.every((name) => (loops[name] ?? 0) > began);
  });
});

test('a process is alive without its database, and ready with it', async () => {
  const name = new URL(bulkhead.database.url).pathname.slice(1);
  const admin = await createDatabase(null);
  const statuses = async (path: string): Promise<number[]> =>
    Promise.all((['api', 'worker'] as const).map(async (of) => (await ask(of, path)).status));
  try {
    expect(await statuses('/health/ready')).toEqual([200, 200]);
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    await eventually('neither is ready', async () =>
      (await statuses('/health/ready')).every((status) => status === 503),
    );
    expect(await statuses('/health/live')).toEqual([200, 200]);
    const found = await series('worker');
    expect([...found.keys()].filter((key) => /^bulkhead_(tenants|operations|audit)/.test(key))).toEqual([]);
    expect(found.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  } finally {
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await admin.drop();
  }
  await eventually('both are ready', async () => (await statuses('/health/ready')).every((status) => status === 200));
  await eventually('tenants are told of again', async () =>
    (await series('worker')).has('bulkhead_tenants{phase="suspended"}'),
  );
});

test('nothing else is answered', async () => {
  expect((await ask('worker', '/v1/tenants')).status).toBe(404);
  expect((await ask('worker', '/metrics', 'POST')).status).toBe(405);
});
