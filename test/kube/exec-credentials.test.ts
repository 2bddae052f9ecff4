import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { KubeConfig } from '@kubernetes/client-node';
import { KubeClient, loadCredentials } from '#kube';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';

/** A plugin that records each run, and answers with one of the answers in a file: each once, the last one for ever. */
const PLUGIN = `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const folder = __dirname;
appendFileSync(folder + '/runs', process.env.KUBERNETES_EXEC_INFO + '\\n');
const runs = readFileSync(folder + '/runs', 'utf8').trim().split('\\n').length;
const answers = JSON.parse(readFileSync(folder + '/answers', 'utf8'));
const status = answers[Math.min(runs, answers.length) - 1];
if (status === null) { console.error('not logged in'); process.exit(1); }
console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status }));
`;

/** Requests of each of three clients. */
const AT_ONCE = 20;
const ALL = 3 * AT_ONCE;

interface Answer {
  token: string;
  expirationTimestamp?: string;
}

let folder: string;
let token: string;
let clients: KubeClient[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-exec-'));
  writeFileSync(path.join(folder, 'plugin'), PLUGIN);
  chmodSync(path.join(folder, 'plugin'), 0o755);
  const config = new KubeConfig();
  config.loadFromFile(inject('workerKubeconfig'));
  const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()];
  if (cluster === null || user === null) throw new Error('the kubeconfig names no cluster and user');
  token = user.token ?? '';
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin', interactiveMode: 'Never' };
  config.loadFromClusterAndUser(cluster, { name: user.name, exec });
  const file = path.join(folder, 'kubeconfig');
  writeFileSync(file, config.exportConfig());
  // As in a session: several clients that share their credentials.
  const credentials = loadCredentials(file);
  clients = [1, 2, 3].map(() => new KubeClient(credentials));
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  rmSync(folder, { recursive: true });
});

const answer = (...answers: (Answer | null)[]): void => {
  writeFileSync(path.join(folder, 'answers'), JSON.stringify(answers));
};
const runs = (): string[] => readFileSync(path.join(folder, 'runs'), 'utf8').trim().split('\n');
/** Sends many requests at once over each client. */
const ask = (): Promise<PromiseSettledResult<unknown>[]> =>
  Promise.allSettled(clients.flatMap((client) => Array.from({ length: AT_ONCE }, () => client.version(120_000))));
const succeeded = (results: PromiseSettledResult<unknown>[]): number =>
  results.filter(({ status }) => status === 'fulfilled').length;

test('a plugin runs once for all requests and clients, and is told what it is asked for', async () => {
  answer({ token });
  for (let round = 0; round < 2; round += 1) expect(succeeded(await ask())).toBe(ALL);
  expect(runs()).toHaveLength(1);
  expect(JSON.parse(runs()[0] ?? '')).toMatchObject({ kind: 'ExecCredential', spec: { interactive: false } });
});

test('it runs again when its credential has expired', async () => {
  const expiry = Date.now() + 4_000;
  answer({ token, expirationTimestamp: new Date(expiry).toISOString() }, { token });
  expect(succeeded(await ask())).toBe(ALL);
  if (Date.now() < expiry) expect(runs()).toHaveLength(1);
  await pause(expiry + 50 - Date.now());
  for (let round = 0; round < 2; round += 1) expect(succeeded(await ask())).toBe(ALL);
  expect(runs()).toHaveLength(2);
});

test('it runs again, once for all, when its credential is refused', async () => {
  answer({ token: 'revoked' }, { token });
  expect(succeeded(await ask())).toBe(ALL);
  expect(runs()).toHaveLength(2);
});

test('requests fail when a new credential is refused too, and do not start the plugin again and again', async () => {
  answer({ token: 'revoked' }, { token: 'revoked as well' });
  const results = [...(await ask()), ...(await ask())];
  expect(succeeded(results)).toBe(0);
  for (const result of results) expect(result).toMatchObject({ reason: { httpStatus: 401 } });
  expect(runs().length).toBeLessThan(results.length / 4);
});

test('a plugin that fails is named with its reason, and asked again', async () => {
  answer(null, { token });
  const [first] = await ask();
  expect(first).toMatchObject({
    reason: { name: 'KubeUnreachable', message: expect.stringMatching(/plugin .*: not logged in/) as string },
  });
  expect(succeeded(await ask())).toBe(ALL);
});
