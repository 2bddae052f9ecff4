import { expect, test } from 'vitest';

import { conditionsAfter } from './conditions.js';
import { phaseOf, settledUnder } from '../holds/held-tenant.js';

const none = { suspended: false, quarantined: false };
const suspended = { suspended: true, quarantined: false };
const quarantined = { suspended: false, quarantined: true };
const both = { suspended: true, quarantined: true };

test('the strongest restriction is the phase', () => {
  expect([none, suspended, quarantined, both].map(phaseOf)).toEqual([
    'active',
    'suspended',
    'quarantined',
    'quarantined',
  ]);
});

test('a restricted tenant is not ready and gives no access, and what stands is as wanted', () => {
  const conditions = conditionsAfter(settledUnder(suspended, []), [], 1, '2026-01-01T00:00:00.000Z');
  const notTrue = conditions.filter(({ status }) => status !== 'True');
  expect(notTrue.map(({ type, reason }) => [type, reason])).toEqual([
    ['Ready', 'Suspended'],
    ['AccessReady', 'Suspended'],
  ]);
  expect(settledUnder(none, [])).toEqual({ kind: 'settled' });
  expect(settledUnder(both, [])).toMatchObject({ restricted: { reason: 'Quarantined' } });
});

test('the same pods give the same text, and many are not all named', () => {
  const pods = ['a/7', 'a/1', 'a/6', 'a/2', 'a/5', 'a/3', 'a/4'];
  const text = settledUnder(suspended, pods);
  expect(text).toEqual(settledUnder(suspended, pods.toReversed()));
  expect(JSON.stringify(text)).toContain('a/1, a/2, a/3, a/4, a/5, and 2 more');
});
