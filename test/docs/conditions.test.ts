import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Every reason that the engine or a cancellation can set: the texts after `reason:`, and the one that has a name. */
function reasonsInCode(): string[] {
  const sources = [
    'libs/engine',
    'libs/clusters',
    'libs/links',
    'libs/policies',
    'libs/problems',
    'libs/proof',
    'libs/tenancy',
  ]
    .flatMap((folder) => {
      const files = readdirSync(join(root, folder), { encoding: 'utf8', recursive: true });
      return files.map((file) => join(root, folder, file));
    })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const found = [...sources.matchAll(/(?:\breason: |\bINTERNAL_ERROR = )'([A-Z][A-Za-z]+)'/g)];
  return [...new Set(found.map(([, reason = '']) => reason))].sort();
}

test('docs/runbooks/conditions.md explains every reason, and no other', () => {
  const page = readFileSync(join(root, 'docs/runbooks/conditions.md'), 'utf8');
  const explained = [...page.matchAll(/^### `([A-Z][A-Za-z]+)`$/gm)].map(([, reason = '']) => reason);
  expect(explained.sort(), 'one heading for each reason in the code').toEqual(reasonsInCode());
});
