import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { clientTypes, madeFiles } from '../../dev/docs.mjs';

const stored = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
const isStale = (path: string): string => `${path} is stale: run \`npm run docs\` and commit what it writes`;

test.each(Object.entries(madeFiles()))('%s matches the code', (path, text) => {
  expect(stored(path), isStale(path)).toBe(text);
});

test('the types of the client match the document', async () => {
  const path = 'clients/typescript/src/openapi.ts';
  const types = await clientTypes(stored('apps/api/openapi.json'));
  // A comparison of strings this long would print all of them.
  expect(stored(path) === types, isStale(path)).toBe(true);
});
