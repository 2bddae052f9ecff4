import { expect, test } from 'vitest';

import { memoized } from './memoized.js';

test('computes once for each text, caches a bounded number of results, and caches no error', () => {
  const asked: string[] = [];
  const answer = memoized((text) => {
    asked.push(text);
    if (text === 'bad') throw new RangeError(text);
    return { text };
  });
  expect(answer('a')).toEqual({ text: 'a' });
  expect(answer('a')).toBe(answer('a'));
  expect(() => answer('bad')).toThrow(RangeError);
  expect(() => answer('bad')).toThrow(RangeError);
  expect(asked).toEqual(['a', 'bad', 'bad']);
  for (let number = 0; number < 1_000; number += 1) answer(String(number));
  answer('a');
  expect(asked.filter((text) => text === 'a')).toHaveLength(2);
});
