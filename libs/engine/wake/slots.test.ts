import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Slots } from './slots.js';

const taken = (slots: Slots, clusterId: string): number => {
  let count = 0;
  for (; slots.roomFor(clusterId) > 0; count += 1) slots.take(clusterId);
  return count;
};

test('one cluster has all places, and so have tenants of unknown clusters', () => {
  const slots = new Slots(6, () => ['a']);
  expect(slots.roomFor(null)).toBe(6);
  expect(taken(slots, 'a')).toBe(6);
  expect(slots.roomFor(null)).toBe(0);
});

test('a cluster leaves places to the others, and gets its own back', () => {
  const slots = new Slots(16, () => ['a', 'b']);
  expect(taken(slots, 'a')).toBe(12);
  expect([slots.roomFor('b'), slots.roomFor(null)]).toEqual([4, 0]);
  expect(taken(slots, 'b')).toBe(4);
  slots.giveBack('b');
  expect([slots.roomFor('a'), slots.roomFor('b')]).toEqual([0, 1]);
  slots.giveBack('a');
  expect([slots.roomFor('a'), slots.roomFor('b')]).toEqual([1, 2]);
});

test('fewer places than clusters are for whoever comes first', () => {
  const slots = new Slots(2, () => ['a', 'b', 'c']);
  expect([taken(slots, 'a'), taken(slots, 'b')]).toEqual([2, 0]);
});

test('whatever the others take, every cluster gets a place where there are enough', () => {
  const clusters = ['a', 'b', 'c', 'd'];
  const step = fc.record({ cluster: fc.constantFrom(...clusters, null), ends: fc.boolean() });
  fc.assert(
    fc.property(fc.integer({ min: 5, max: 40 }), fc.array(step, { maxLength: 200 }), (size, steps) => {
      const slots = new Slots(size, () => clusters);
      const underWay: (string | null)[] = [];
      for (const { cluster, ends } of steps) {
        if (ends && underWay.length > 0) slots.giveBack(underWay.shift() ?? null);
        if (slots.roomFor(cluster) === 0) continue;
        slots.take(cluster);
        underWay.push(cluster);
      }
      expect(slots.inUse).toBeLessThanOrEqual(size);
      for (const cluster of clusters) {
        expect(underWay.includes(cluster) || slots.roomFor(cluster) > 0).toBe(true);
      }
    }),
  );
});

test('when nothing is under way, there is a place for a tenant of an unknown cluster', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 10 }), (size, count) => {
      const clusters = Array.from({ length: count }, (_, index) => String(index));
      expect(new Slots(size, () => clusters).roomFor(null)).toBeGreaterThan(0);
    }),
  );
});
