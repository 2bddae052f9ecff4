import { expect, test } from 'vitest';

import { remedyFor } from './remedies.js';

test('a refusal gets the remedy for the reason of the API server', () => {
  expect(remedyFor('WriteRefused', 'Forbidden')).toContain('deploy/worker-rbac.yaml');
  expect(remedyFor('WriteRefused', 'Invalid')).toContain('plan');
  expect(remedyFor('ClusterUnreachable', 'Unauthorized')).toContain('credentials');
});

test('a transient failure does not get the remedy of a refusal', () => {
  expect(remedyFor('NotAuthorized', 'Forbidden')).toBe(remedyFor('NotAuthorized', null));
  expect(remedyFor('WriteConflict', 'Forbidden')).toContain('None needed');
});

test('an unknown reason falls back to the code, an unknown code to the runbook', () => {
  expect(remedyFor('WriteRefused', 'MethodNotAllowed')).toBe(remedyFor('WriteRefused', null));
  expect(remedyFor('SomethingNew', null)).toContain('docs/runbooks/conditions.md');
  // Names inherited by every object are not entries.
  expect(remedyFor('WriteRefused', 'constructor')).toBe(remedyFor('WriteRefused', null));
});
