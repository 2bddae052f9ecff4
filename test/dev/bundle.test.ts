import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, inject, test } from 'vitest';

import { newSigningKey } from '../../dev/signing-key.mjs';
import { createDatabase, type Database } from '../support/database.js';
import { freePort, runProgram, startProgram } from '../support/program.js';

const root = path.resolve(import.meta.dirname, '../..');
/** The content of the image: see the last stage of the Dockerfile. */
const parts = ['package.json', 'dist', 'node_modules/swagger-ui-dist'];
const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-bundle-'));
let database: Database;
let env: Record<string, string>;

beforeAll(async () => {
  for (const part of parts) cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
  database = await createDatabase(null);
  env = {
    DATABASE_URL: database.url,
    BULKHEAD_PORT: String(await freePort()),
    BULKHEAD_KUBECONFIG: inject('workerKubeconfig'),
    BULKHEAD_SIGNING_KEY: newSigningKey(),
  };
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

test('all programs run without installed packages, except the files of the Swagger UI', async () => {
  const command = (args: string[]): ReturnType<typeof runProgram> =>
    runProgram('apps/api/src/commands/bulkhead.js', args, env, folder);
  const migrated = await command(['migrate']);
  expect(migrated.output).toContain('migrated ');
  expect(migrated.code).toBe(0);
  expect(await command(['migrate'])).toEqual({ code: 0, output: 'the schema is up to date\n' });
  expect(await command(['seed-plans'])).toMatchObject({ code: 0 });
  const key = await command(['create-api-key', '--name', 'test', '--role', 'platform-admin']);
  expect(key.code, key.output).toBe(0);

  const api = await startProgram('apps/api/src/main.js', env, 'listening on http', folder);
  try {
    const worker = await startProgram('apps/worker/src/main.js', env, 'worker ready', folder);
    await worker.stop();
    const url = `http://127.0.0.1:${env['BULKHEAD_PORT'] ?? ''}`;
    const status = async (at: string): Promise<number> =>
      (await fetch(`${url}${at}`, { headers: { authorization: `Bearer ${key.output.trim()}` } })).status;
    expect(await status('/health/ready')).toBe(200);
    expect(await status('/docs/swagger-ui-bundle.js')).toBe(200);
    // Computed in a thread, which is a separate file.
    expect(await status('/v1/reachability')).toBe(200);
  } finally {
    await api.stop();
  }
});

test('the licences of bundled packages are included', () => {
  const parts = readFileSync(path.join(folder, 'dist/LICENSES.txt'), 'utf8').split(`\n${'-'.repeat(120)}\n\n`);
  const texts = new Map(parts.map((part) => [part.slice(0, part.indexOf(' ')), part]));
  // Taken from the packages: a licence file, one with an additional notice, and one stated only in a Readme.md.
  expect(texts.get('pg')).toContain('Brian Carlson');
  expect(texts.get('tslib')).toMatch(/0BSD[^]*Microsoft Corporation/);
  expect(texts.get('pause')).toContain('The MIT License');
  expect(texts.size).toBeGreaterThan(100);
  for (const [name, text] of texts) expect(text.length, name).toBeGreaterThan(200);
});
