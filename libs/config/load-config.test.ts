import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { loadConfig } from './load-config.js';

const DATABASE_URL = 'postgres://user:hunter2@localhost:5432/bulkhead';
const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-config-'));
afterAll(() => {
  rmSync(dir, { recursive: true });
});

test('only the database is required', () => {
  expect(loadConfig({ DATABASE_URL })).toMatchObject({
    http: { host: '127.0.0.1', port: 3000 },
    queue: { driver: 'postgres', databaseUrl: DATABASE_URL },
    worker: { kubeconfigFile: null, leaseMs: 30_000 },
  });
});

test('an error names every invalid variable and reveals no value', () => {
  const load = (): unknown =>
    loadConfig({ DATABASE_URL: 'mysql://user:hunter2@host/db', BULKHEAD_PORT: 'eighty', BULKHEAD_QUEUE: 'kafka' });
  expect(load).toThrow(/DATABASE_URL[^]*BULKHEAD_QUEUE[^]*BULKHEAD_PORT/);
  for (const value of ['hunter2', 'eighty', 'kafka']) expect(load).not.toThrow(value);
});

test('the ambient kubeconfig is never used', () => {
  const { worker } = loadConfig({ DATABASE_URL, KUBECONFIG: '/home/me/.kube/production', HOME: '/home/me' });
  expect(worker.kubeconfigFile).toBeNull();
});

test('the Redis queue requires its address', () => {
  expect(() => loadConfig({ DATABASE_URL, BULKHEAD_QUEUE: 'redis' })).toThrow('REDIS_URL');
  const { queue } = loadConfig({ DATABASE_URL, BULKHEAD_QUEUE: 'redis', REDIS_URL: 'redis://localhost:6379' });
  expect(queue).toEqual({ driver: 'redis', redisUrl: 'redis://localhost:6379' });
});

test('a secret can be read from a file, and an empty variable counts as unset', () => {
  const file = path.join(dir, 'database-url');
  writeFileSync(file, `${DATABASE_URL}\n`);
  expect(loadConfig({ DATABASE_URL_FILE: file, BULKHEAD_PORT: '' }).database.url).toBe(DATABASE_URL);
  expect(() => loadConfig({ DATABASE_URL_FILE: path.join(dir, 'absent') })).toThrow('DATABASE_URL_FILE');
});
