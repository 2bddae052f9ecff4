import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

/** Files with statements that make JSON of what callers of the API sent: a text that jsonb refuses is refused to them. */
const callersTexts = [
  'apps/api/src/http/idempotency.ts',
  'libs/access/memberships.ts',
  'libs/tenancy/changes/tenant-changes.ts',
  'libs/tenancy/changes/tenant-writer.ts',
  'libs/tenancy/holds/blast-radius.ts',
];

test('statements store texts of clusters by jsonOf, which drops what jsonb refuses', () => {
  const files = globSync('{libs,apps}/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'));
  const found = files.filter((file) => {
    const text = readFileSync(path.join(root, file), 'utf8');
    return /\.(query|run)[<(]/.test(text) && text.includes('JSON.stringify(');
  });
  expect(found.sort()).toEqual(callersTexts);
});
