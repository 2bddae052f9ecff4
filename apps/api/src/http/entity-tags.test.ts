import { expect, test } from 'vitest';

import { etagOf, revisionIn } from './answer.js';
import { entityTags, namesTag } from './entity-tags.js';
import { revisionsOf } from './if-match.js';

const tag = etagOf('tenant_a', 3, { phase: 'active' });

test.for<[header: string, expected: ReturnType<typeof entityTags>]>([
  ['*', '*'],
  [' * ', '*'],
  ['"a"', [{ weak: false, opaque: 'a' }]],
  ['W/"a"', [{ weak: true, opaque: 'a' }]],
  ['""', [{ weak: false, opaque: '' }]],
  [
    '"a", W/"b" ,"c,d"',
    [
      { weak: false, opaque: 'a' },
      { weak: true, opaque: 'b' },
      { weak: false, opaque: 'c,d' },
    ],
  ],
  [
    ', "a",, "b",',
    [
      { weak: false, opaque: 'a' },
      { weak: false, opaque: 'b' },
    ],
  ],
  ['a', null],
  ['"a" "b"', null],
  ['"a"b', null],
  ['"a', null],
  ['w/"a"', null],
  ['*, "a"', null],
  ['', null],
])('reads %s', ([header, expected]) => {
  expect(entityTags(header)).toEqual(expected);
});

test('a long header takes no longer than its length', () => {
  expect(entityTags(`${', '.repeat(50_000)}x`)).toBe(null);
  expect(entityTags(`${'"a", '.repeat(10_000)}"a"`)).toHaveLength(10_001);
});

test('If-Match asks for what callers can change, and If-None-Match for everything', () => {
  const observed = etagOf('tenant_a', 3, { phase: 'updating' });
  expect(observed).not.toBe(tag);
  expect(revisionsOf(observed, 'tenant_a')).toEqual(revisionsOf(tag, 'tenant_a'));
  expect(namesTag(observed, tag)).toBe(false);
  expect(namesTag(`"x", W/${tag}`, tag)).toBe(true);
  expect(namesTag('*', tag)).toBe(true);
  expect(namesTag('nonsense', tag)).toBe(false);
});

test('If-Match takes lists and *, and never a weak tag or one of another resource', () => {
  const other = etagOf('tenant_a', 5, {});
  expect(revisionsOf('*', 'tenant_a')).toBe(null);
  expect(revisionsOf(`"x", ${tag}, ${other}`, 'tenant_a')).toEqual([3, 5]);
  for (const header of [`W/${tag}`, etagOf('tenant_b', 3, {}), '"tenant_a.3"', 'nonsense']) {
    expect(() => revisionsOf(header, 'tenant_a')).toThrow('does not belong to this resource');
  }
  expect(revisionIn('shop.v1.7.abc', 'shop.v1')).toBe(7);
});
