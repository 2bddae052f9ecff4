import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';
import { parse } from 'yaml';

const read = (file: string): string => readFileSync(join(import.meta.dirname, '../..', file), 'utf8');
const { version } = JSON.parse(read('package.json')) as { version: string };

test('the chart, its image and the client have the version of package.json', () => {
  expect(parse(read('deploy/helm/bulkhead/Chart.yaml'))).toMatchObject({ version, appVersion: version });
  expect(JSON.parse(read('clients/typescript/package.json'))).toMatchObject({ version });
});

test('the client declares the library that it is built with', () => {
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
  const client = JSON.parse(read('clients/typescript/package.json')) as { dependencies: Record<string, string> };
  for (const [name, range] of Object.entries(client.dependencies)) expect(dependencies[name], name).toBe(range);
});

test('the change log begins with what is not released, or with this version', () => {
  const [, newest = ''] = /^## (\S+)/m.exec(read('CHANGELOG.md')) ?? [];
  expect(['Unreleased', version]).toContain(newest);
});
