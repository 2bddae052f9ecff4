import { expect, test } from 'vitest';

import { isAtLeast, OwnWrites } from './own-writes.js';

test('compares versions as numbers', () => {
  expect([isAtLeast('100', '99'), isAtLeast('99', '100'), isAtLeast('99', '99'), isAtLeast('98', '99')]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

test('knows which events are of own writes or older, until they have arrived', () => {
  const writes = new OwnWrites();
  writes.add('a', '99');
  writes.add('b', '101');
  writes.add('a', '103');
  expect([writes.has('101'), writes.has('100')]).toEqual([true, false]);
  expect(['98', '100', '103', '104'].map((version) => writes.isNewer('a', version))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(writes.isNewer('c', '1')).toBe(false);
  writes.reached('101');
  expect([writes.has('99'), writes.has('101'), writes.has('103')]).toEqual([false, false, true]);
  expect([writes.isNewer('a', '102'), writes.isNewer('b', '1')]).toEqual([true, false]);
  writes.clear();
  expect([writes.has('103'), writes.isNewer('a', '1')]).toEqual([false, false]);
});
