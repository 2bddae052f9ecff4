import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { madeFiles } from '../../dev/docs.mjs';

test.each(Object.entries(madeFiles()))('%s matches the code', (path, text) => {
  const stored = readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
  expect(stored, `${path} is stale: run \`npm run docs\` and commit what it writes`).toBe(text);
});
