import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ApiClient } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { logIn, type LoginScheme } from '../support/login.js';
import { freePort } from '../support/program.js';

const script = path.resolve(import.meta.dirname, '../../dev/start.mjs');
const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-start-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

interface Run {
  child: ChildProcess;
  output: () => string;
  ended: Promise<number | null>;
}

/** Runs `npm start` with these arguments; KUBECONFIG points to a trap that must never be used. */
function start(args: string[], env: Record<string, string> = {}): Run {
  const ambient = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    KUBECONFIG: '/production/kubeconfig',
  };
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...ambient, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer): void => void (output += chunk.toString());
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return { child, output: () => output, ended };
}

/** Runs it to completion. */
async function refused(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; output: string }> {
  const run = start(args, env);
  return { code: await run.ended, output: run.output() };
}

describe('errors are reported in one clear line', () => {
  let taken: Server;
  beforeAll(async () => {
    taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
  });
  afterAll(() => {
    taken.close();
  });
  const data = (name: string): string[] => ['--data', path.join(dir, name)];

  test('invalid options', async () => {
    expect(await refused(['--colour'])).toMatchObject({
      code: 2,
      output: expect.stringContaining('--colour') as string,
    });
    expect(await refused(['--port', 'x'])).toMatchObject({
      code: 2,
      output: expect.stringContaining('is not a port') as string,
    });
    expect(await refused(['--queue', 'redis'])).toMatchObject({
      output: expect.stringContaining('REDIS_URL') as string,
    });
    expect(await refused(['--mesh', 'consul'])).toMatchObject({
      code: 2,
      output: expect.stringContaining('istio-ambient') as string,
    });
    expect(await refused(['--mesh', 'linkerd', '--kubeconfig', '/nowhere'])).toMatchObject({
      code: 2,
      output: expect.stringContaining('embedded') as string,
    });
    expect(await refused(['--mesh', 'linkerd'], { BULKHEAD_CLUSTER_FILE: '/a.json' })).toMatchObject({
      code: 2,
      output: expect.stringContaining('BULKHEAD_CLUSTER_FILE') as string,
    });
    expect(await refused(['--help'])).toMatchObject({
      code: 0,
      output: expect.stringContaining('--kubeconfig') as string,
    });
  });

  test('a port in use', async () => {
    const { port } = taken.address() as { port: number };
    const { code, output } = await refused(['--port', String(port), ...data('port')]);
    expect(code).toBe(1);
    expect(output).toContain(`Port ${port} is in use`);
  });

  test('neither Go nor a cluster', async () => {
    const { code, output } = await refused([...data('no-go'), '--port', String(await freePort())], {
      PATH: '/nowhere',
    });
    expect(code).toBe(1);
    for (const word of ['Go', 'kind', 'k3d', 'BULKHEAD_KUBECONFIG']) expect(output).toContain(word);
  });

  test('an unreachable database and cluster', async () => {
    const port = await freePort();
    const database = await refused([...data('db'), '--port', String(await freePort())], {
      DATABASE_URL: `postgres://u:hunter2@127.0.0.1:${port}/x`,
    });
    expect(database).toMatchObject({ code: 1, output: expect.stringMatching(/database/i) as string });
    expect(database.output).not.toContain('hunter2');
    const cluster = await refused([...data('kc'), '--kubeconfig', '/nowhere', '--port', String(await freePort())]);
    expect(cluster).toMatchObject({ code: 1, output: expect.stringContaining('/nowhere') as string });
    for (const { output } of [database, cluster]) expect(output).not.toMatch(/^ +at .+:\d+:\d+/m);
  });
});

describe('a start', () => {
  const data = path.join(dir, 'data');
  let run: Run;
  let port: number;
  interface Connection {
    apiUrl: string;
    adminApiKey: string;
    kubeconfig: string;
    databaseUrl: string;
  }
  const connection = (): Connection => JSON.parse(readFileSync(path.join(data, 'dev.json'), 'utf8')) as Connection;

  beforeAll(async () => {
    port = await freePort();
    run = start(['--port', String(port), '--data', data]);
    const isUp = (): Promise<boolean> => Promise.resolve(existsSync(path.join(data, 'dev.json')));
    await Promise.race([
      eventually('Bulkhead is up', isUp, 110_000),
      run.ended.then(() => Promise.reject(new Error(run.output()))),
    ]);
  });
  afterAll(async () => {
    run.child.kill('SIGTERM');
    await run.ended;
  });

  test('provisions the demonstration tenant and prints how to continue', async () => {
    await eventually('the summary', () => Promise.resolve(run.output().includes('Ctrl-C')));
    const { apiUrl, adminApiKey, kubeconfig } = connection();
    expect(apiUrl).toBe(`http://127.0.0.1:${port}`);
    for (const text of [`${apiUrl}/docs`, adminApiKey, `kubectl --kubeconfig ${kubeconfig}`, 'tn-demo-staging']) {
      expect(run.output()).toContain(text);
    }
    const { items } = await new ApiClient(apiUrl, adminApiKey).get<{ items: { phase: string }[] }>(
      '/v1/tenants?slug=demo',
    );
    expect(items).toMatchObject([{ phase: 'active' }]);
  });

  test('lets people log in, who are members of the demonstration tenant', async () => {
    const { apiUrl, adminApiKey } = connection();
    const { components } = await new ApiClient(apiUrl, adminApiKey).get<{
      components: { securitySchemes: { login: LoginScheme } };
    }>('/openapi.json');
    const tokens = await logIn(components.securitySchemes.login, `${apiUrl}/docs/oauth2-redirect.html`, 'viewer');
    const viewer = new ApiClient(apiUrl, tokens.access_token);
    expect(await viewer.get('/v1/tenants')).toMatchObject({ items: [{ slug: 'demo' }] });
  });

  test('keeps its secrets private to its user', () => {
    for (const file of ['dev.json', 'worker.kubeconfig', 'admin-api-key.json', 'login.json']) {
      const found = path.join(data, file);
      if (existsSync(found)) expect(statSync(found).mode & 0o077).toBe(0);
    }
    expect(statSync(path.join(data, 'dev.json')).mode & 0o777).toBe(0o600);
  });

  test('refuses a second start on the same folder', async () => {
    const second = await refused(['--port', String(await freePort()), '--data', data]);
    expect(second.code).toBe(1);
    expect(second.output.trim().split('\n')).toHaveLength(1);
  });

  test('ends every process that it started, and the next start continues where it stopped', async () => {
    const before = connection();
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
    expect(existsSync(path.join(data, 'dev.json'))).toBe(false);
    await expect(fetch(`${before.apiUrl}/health/live`)).rejects.toThrow();

    // The definitions of Linkerd's kinds are Bulkhead's own, so this needs only those of the Gateway API.
    run = start(['--port', String(port), '--data', data, '--mesh', 'linkerd']);
    await eventually('Bulkhead is up again', () => Promise.resolve(existsSync(path.join(data, 'dev.json'))), 100_000);
    expect(connection().adminApiKey).toBe(before.adminApiKey);
    const api = new ApiClient(before.apiUrl, before.adminApiKey);
    expect(await api.get('/v1/tenants?slug=demo')).toMatchObject({ items: [{ phase: 'active' }] });
    expect(await api.get('/v1/clusters')).toMatchObject({ items: [{ mesh: { kind: 'linkerd' } }] });
    await eventually('the summary', () => Promise.resolve(run.output().includes('Ctrl-C')));
    for (const text of ['Server', 'tenant-allow-same-tenant', 'servers.policy.linkerd.io']) {
      expect(run.output()).toContain(text);
    }
  }, 180_000);
});
