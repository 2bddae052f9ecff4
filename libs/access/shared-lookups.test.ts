import { describe, expect, test } from 'vitest';

import { SharedLookups } from './shared-lookups.js';

/** A slow store that counts its reads. */
function store(): { lookups: SharedLookups<number>; reads: () => number; answer: () => void; value: number } {
  const waiting: (() => void)[] = [];
  const state = {
    value: 1,
    reads: () => waiting.length,
    answer: (): void => {
      waiting.at(-1)?.();
    },
    lookups: new SharedLookups<number>(
      () =>
        new Promise((resolve) => {
          const { value } = state;
          waiting.push(() => {
            resolve(value);
          });
        }),
    ),
  };
  return state;
}

describe('shared look-ups', () => {
  test('answer all calls made during one look-up with the next one', async () => {
    const slow = store();
    const first = slow.lookups.get('a');
    slow.value = 2;
    const others = [slow.lookups.get('a'), slow.lookups.get('a')];
    slow.answer();
    expect(await first).toBe(1);
    await Promise.resolve();
    slow.answer();
    expect(await Promise.all(others)).toEqual([2, 2]);
    expect(slow.reads()).toBe(2);
  });

  test('never return a value read before the call', async () => {
    const slow = store();
    const before = slow.lookups.get('a');
    slow.answer();
    expect(await before).toBe(1);
    slow.value = 2;
    const after = slow.lookups.get('a');
    slow.answer();
    expect(await after).toBe(2);
  });

  test('continue after a failed look-up', async () => {
    let reads = 0;
    const lookups = new SharedLookups<number>(() => {
      reads += 1;
      return reads === 1 ? Promise.reject(new Error('away')) : Promise.resolve(reads);
    });
    const [first, second] = [lookups.get('a'), lookups.get('a')];
    await expect(first).rejects.toThrow('away');
    expect(await second).toBe(2);
  });
});
