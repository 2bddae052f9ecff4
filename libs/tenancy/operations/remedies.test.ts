import { expect, test } from 'vitest';

import { remedyFor } from './remedies.js';

test('a refusal has the remedy of what the API server said', () => {
  expect(remedyFor('WriteRefused', 'Forbidden')).toContain('deploy/worker-rbac.yaml');
  expect(remedyFor('WriteRefused', 'Invalid')).toContain('plan');
  expect(remedyFor('ClusterUnreachable', 'Unauthorized')).toContain('credentials');
});

test('what passes by itself is not answered with the remedy of a refusal', () => {
  expect(remedyFor('NotAuthorized', 'Forbidden')).toBe(remedyFor('NotAuthorized', null));
  expect(remedyFor('WriteConflict', 'Forbidden')).toContain('None needed');
});

test('a word without an entry leads to the code, and a code without one to the runbook', () => {
  expect(remedyFor('WriteRefused', 'MethodNotAllowed')).toBe(remedyFor('WriteRefused', null));
  expect(remedyFor('SomethingNew', null)).toContain('docs/runbooks/conditions.md');
  // Names that every object inherits are not entries.
  expect(remedyFor('WriteRefused', 'constructor')).toBe(remedyFor('WriteRefused', null));
});
