import { expect, test } from 'vitest';

import { joinersFit } from './joiners.js';
import { exactName, readableLines, readableText } from './readable-text.js';

const [ZWNJ, ZWJ] = ['\u200c', '\u200d'];

test.for<[what: string, text: string]>([
  ['Persian: "I want"', `می${ZWNJ}خواهم`],
  ['Persian, with a mark in front', `مِ${ZWNJ}خ`],
  ['a plural in Persian, before a letter that joins to the right', `کتاب${ZWNJ}ها و نامه${ZWNJ}ای`],
  ['Hindi: a half form', `क्${ZWJ}ष`],
  ['Bengali', `র্${ZWJ}য`],
  ['Sinhala: "Sri Lanka"', `ශ්${ZWJ}රී ලංකා`],
  ['Malayalam, without joining', `ക്${ZWNJ}ഷ`],
  ['no joiner', 'Müller & Söhne 株式会社'],
])('%s', ([, text]) => {
  expect(joinersFit(text)).toBe(true);
  expect(readableText(200).parse(text)).toBe(text);
  expect(readableLines(200).safeParse(`A\n${text}`).success).toBe(true);
  // A name that an authenticator compares stays without.
  expect(exactName(200).safeParse(text).success).toBe(text.search(/[\u200c\u200d]/) < 0);
});

test.for<[what: string, text: string]>([
  ['in Latin', `ac${ZWNJ}me`],
  ['at the end, in Persian', `می${ZWNJ}`],
  ['at the beginning', `${ZWNJ}می`],
  ['twice', `می${ZWNJ}${ZWNJ}خواهم`],
  ['behind a letter that does not join, where it changes nothing', `دا${ZWNJ}ر`],
  ['a joiner in Persian', `می${ZWJ}خواهم`],
  ['behind a vowel of Hindi', `की${ZWJ}ष`],
  ['behind a virama, before Latin', `क्${ZWJ}a`],
  ['behind a virama, at the end', `क्${ZWJ}`],
  ['in an emoji', `👩${ZWJ}💻`],
])('a joiner %s is refused', ([, text]) => {
  expect(readableText(200).safeParse(text).error?.issues[0]?.message).toContain('U+200C');
});

test('a long text takes no longer than its length', () => {
  expect(joinersFit(`م${'\u064b'.repeat(100_000)}${ZWNJ}م`)).toBe(true);
  expect(joinersFit(`م${ZWNJ}`.repeat(50_000))).toBe(false);
});
