import { expect, test } from 'vitest';

import { HealPace } from './heal-pace.js';

test('drift is healed at once, and ever more slowly if it is undone each time', () => {
  const pace = new HealPace();
  const pauses: number[] = [];
  let now = 0;
  for (let pass = 0; pass < 30; pass += 1) {
    const pause = pace.pauseBefore('a', now);
    pauses.push(pause);
    now += pause;
    pace.note('a', now);
  }
  expect(pauses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 0));
  expect(pauses.slice(20)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000, 30_000]);
  expect(pace.pauseBefore('b', now)).toBe(0);
});

test('a tenant that was left alone for a while is healed at once again', () => {
  const pace = new HealPace();
  for (let pass = 0; pass < 25; pass += 1) pace.note('a', 0);
  expect(pace.pauseBefore('a', 0)).toBeGreaterThan(0);
  expect(pace.pauseBefore('a', 60_000)).toBe(0);
  pace.note('a', 60_000);
  expect(pace.pauseBefore('a', 60_000)).toBe(0);
});
