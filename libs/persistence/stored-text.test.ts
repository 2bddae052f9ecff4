import { expect, test } from 'vitest';

import { cutText, jsonOf, storableText } from './stored-text.js';

test('a text is cut before a character that does not fit, not within it', () => {
  expect(cutText('abc', 3)).toBe('abc');
  expect(cutText('abcd', 3)).toBe('abc');
  expect(cutText('ab😀', 3)).toBe('ab');
  expect(cutText('a😀b', 3)).toBe('a😀');
});

test('a storable text has no NUL and no half of a character', () => {
  expect(storableText('a\0b')).toBe('ab');
  expect(storableText('😀'.slice(0, 1))).toBe('\uFFFD');
  expect(storableText('😀 fine')).toBe('😀 fine');
});

test.for([
  ['what is fine', { a: ['😀', 1, null], b: { c: true } }, { a: ['😀', 1, null], b: { c: true } }],
  ['a NUL', { a: 'x\0y' }, { a: 'xy' }],
  ['half of a character', ['x\ud83d', '\ude00'], ['x\uFFFD', '\uFFFD']],
  ['a key', { 'a\0': { '\udfff': 1 } }, { a: { '\uFFFD': 1 } }],
  ['a text that only looks like an escaped NUL', { a: '\\u0000' }, { a: '\\u0000' }],
])('JSON for Postgres: %s', ([, value, stored]) => {
  expect(JSON.parse(jsonOf(value))).toEqual(stored);
});
