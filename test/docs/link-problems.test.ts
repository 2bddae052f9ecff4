import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { linkProblemCodes } from '#links';
import { remedyFor } from '#tenancy';
import { expect, test } from 'vitest';

test('docs/runbooks/links.md explains every reason why a link fails, and each has a remedy', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/runbooks/links.md'), 'utf8');
  const explained = [...page.matchAll(/^\| `([A-Z]\w+)` /gm)].map(([, code = '']) => code);
  expect(explained.sort()).toEqual([...linkProblemCodes].sort());
  for (const code of linkProblemCodes) expect(remedyFor(code, null)).not.toBe(remedyFor('Unheard', null));
});
