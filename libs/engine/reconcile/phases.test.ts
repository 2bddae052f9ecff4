import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { remedyFor } from '#tenancy';
import { expect, test } from 'vitest';

import { type TenantRemoval } from '../deletion/remove-tenant.js';
import { ensurePhases, removalPhases } from './phases.js';

test('every reason for which the engine ends a pass is listed with a phase, and documented', () => {
  const root = path.join(import.meta.dirname, '..');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(?<!\.test)\.ts$/.test(file),
  );
  const thrown = files
    .map((file) => readFileSync(path.join(root, file), 'utf8'))
    .filter((text) => /new Pass(Waiting|Failed)\(/.test(text))
    .flatMap((text) => [...text.matchAll(/\breason: '(\w+)'/g)].map(([, reason]) => reason));
  const listed = [...ensurePhases, ...removalPhases({} as TenantRemoval)].flatMap(({ mayEnd = [] }) => mayEnd);
  expect(new Set(thrown)).toEqual(new Set(listed));
  const runbook = readFileSync(path.join(root, '../../docs/runbooks/conditions.md'), 'utf8');
  for (const reason of listed) expect(runbook).toContain(reason);
});

test('every reason for which a phase ends a pass has a remedy of its own', () => {
  const reasons = [...ensurePhases, ...removalPhases({} as TenantRemoval)].flatMap(({ mayEnd = [] }) => mayEnd);
  expect(reasons.filter((reason) => remedyFor(reason, null) === remedyFor('Unknown', null))).toEqual([]);
});
