import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { configurationPage } from '../../dev/docs.mjs';

test('docs/configuration.md says what the code reads', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8');
  expect(page, 'docs/configuration.md is stale: run `npm run docs` and commit what it writes').toBe(
    configurationPage(),
  );
});
