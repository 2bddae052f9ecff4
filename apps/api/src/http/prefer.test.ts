import { expect, test } from 'vitest';

import { preferredWait } from './prefer.js';

test.for<[header: string | undefined, seconds: number | null]>([
  [undefined, null],
  ['', null],
  ['wait=10', 10],
  ['Wait = 10', 10],
  ['wait="10"', 10],
  ['wait=0', 0],
  ['wait=600', 60],
  ['respond-async, wait=10', 10],
  ['return=minimal; strict; depth="a, b", wait=7;why=now', 7],
  [', wait=3 ,', 3],
  // The first of two counts (RFC 7240, section 2), even where nothing can be made of it.
  ['wait=4, wait=9', 4],
  ['wait=soon, wait=9', null],
  ['wait', null],
  ['wait=', null],
  ['wait=-1', null],
  ['wait=1.5', null],
  ['wait=99999999999999999999', null],
  ['respond-async', null],
  // A quoted value is not a list.
  ['note="x, wait=5"', null],
  ['note="x, wait=5, wait=6', null],
  ['=5, wait=6', null],
])('Prefer: %s waits %s seconds', ([header, seconds]) => {
  expect(preferredWait(header)).toBe(seconds);
});

test('a long header takes no longer than its length', () => {
  expect(preferredWait(`${'a;'.repeat(20_000)}"`)).toBe(null);
  expect(preferredWait(`${'a=b ; '.repeat(5_000)}, wait=3`)).toBe(3);
  expect(preferredWait(`${'\t '.repeat(20_000)}"`)).toBe(null);
});
