import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect, inject, test } from 'vitest';

import { Supervisor } from '../../dev/processes.mjs';
import { listOfSkipped } from '../../dev/skipped-tests.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const requirements = path.join(root, 'test/support/requirements.ts');

const first = `
import { describe, test } from 'vitest';
import { unless } from ${JSON.stringify(requirements)};

const redis = { reason: 'Redis is not installed', remedy: 'install Redis' };
describe('outer', unless(redis), () => {
  test('one', () => undefined);
  describe('inner', () => {
    test('two', () => undefined);
  });
});
describe('present', unless(null), () => {
  test('runs', () => undefined);
});
test('alone', unless({ reason: 'the clock is real', remedy: 'install a false one' }), () => undefined);
`;
const second = `
import { describe, test } from 'vitest';
import { unless } from ${JSON.stringify(requirements)};

describe('another', unless({ reason: 'Redis is not installed', remedy: 'install Redis' }), () => {
  test('three', () => undefined);
});
test.skip('unexplained', () => undefined);
`;

/** Runs test files with the real vitest, and returns its report. */
async function reportOf(files: Record<string, string>): Promise<Parameters<typeof listOfSkipped>[0]> {
  const folder = path.join(inject('temporaryFolder'), 'skipped-tests');
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  // Imports of packages are resolved from the repository, as in its own test files.
  const alias = { vitest: path.join(root, 'node_modules/vitest/dist/index.js') };
  writeFileSync(path.join(folder, 'vitest.config.mjs'), `export default ${JSON.stringify({ resolve: { alias } })}`);
  const outputFile = path.join(folder, 'report.json');
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const { code, output } = await new Supervisor().run({
    command: process.execPath,
    args: [vitest, 'run', '--root', folder, '--reporter=json', `--outputFile=${outputFile}`],
    env: { PATH: process.env['PATH'] },
  });
  expect(code, output).toBe(0);
  return JSON.parse(readFileSync(outputFile, 'utf8')) as Parameters<typeof listOfSkipped>[0];
}

test('skipped tests are listed by what is missing, the most frequent first', async () => {
  const report = await reportOf({ 'first.test.ts': first, 'second.test.ts': second });
  const place = (file: string): string =>
    path.join(path.relative(root, inject('temporaryFolder')), 'skipped-tests', file);
  const lines = listOfSkipped(report).map((line) => line.trim());
  expect(lines.slice(0, 2)).toEqual(['3 skipped: Redis is not installed', 'to run them: install Redis']);
  expect(lines.slice(2, 4).sort()).toEqual([
    `${place('first.test.ts')}: outer (2)`,
    `${place('second.test.ts')}: another`,
  ]);
  expect(lines).toContain('1 skipped: the clock is real');
  expect(lines).toContain('to run them: install a false one');
  expect(lines).toContain('1 skipped: a hook before them failed, or no reason is given');
  expect(lines).toHaveLength(4 + 3 + 2);
});

test('nothing is listed if nothing was skipped', () => {
  expect(listOfSkipped({ testResults: [] })).toEqual([]);
  expect(listOfSkipped(undefined)).toEqual([]);
});
