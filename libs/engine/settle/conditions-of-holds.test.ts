import { expect, test } from 'vitest';

import { restrictedBy } from '../holds/restricted-tenant.js';
import { type Outcome } from '../pass/outcome.js';
import { conditionsAfter } from './conditions.js';
import { phaseOf } from './settled-row.js';

const none = { suspended: false, quarantined: false };
const suspended = { suspended: true, quarantined: false };
const quarantined = { suspended: false, quarantined: true };
const nothing = { endingPods: [], access: [] };
const both = { suspended: true, quarantined: true };

test('the strongest restriction determines the phase', () => {
  expect([none, suspended, quarantined, both].map(phaseOf)).toEqual([
    'active',
    'suspended',
    'quarantined',
    'quarantined',
  ]);
});

test('a restricted tenant is not ready and gives no access, and all other conditions are true', () => {
  const restricted = restrictedBy(suspended, nothing);
  const outcome: Outcome = { kind: 'settled', ...(restricted === null ? {} : { restricted }) };
  const conditions = conditionsAfter(outcome, [], 1, '2026-01-01T00:00:00.000Z');
  const notTrue = conditions.filter(({ status }) => status !== 'True');
  expect(notTrue.map(({ type, reason }) => [type, reason])).toEqual([
    ['Ready', 'Suspended'],
    ['AccessReady', 'Suspended'],
  ]);
  expect(restrictedBy(none, nothing)).toBeNull();
  expect(restrictedBy(both, nothing)).toMatchObject({ reason: 'Quarantined' });
});

test('the same pods give the same message, and of many only some are named', () => {
  const pods = ['a/7', 'a/1', 'a/6', 'a/2', 'a/5', 'a/3', 'a/4'];
  const restricted = restrictedBy(suspended, { endingPods: pods, access: [] });
  expect(restricted).toEqual(restrictedBy(suspended, { endingPods: pods.toReversed(), access: [] }));
  expect(restricted?.message).toContain('a/1, a/2, a/3, a/4, a/5, and 2 more');
  expect(restrictedBy(quarantined, { endingPods: [], access: ['tn-a/auditors'] })?.message).toContain(
    'Access that only an administrator can withdraw: tn-a/auditors.',
  );
});
