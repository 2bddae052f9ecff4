import { type JWTPayload } from 'jose';
import { describe, expect, test } from 'vitest';

import { claimTexts, matchesGlob, verifiedEmail } from './claims.js';
import { issuersFile } from './issuer.js';

const { issuers } = issuersFile.parse({
  issuers: [{ name: 'test', issuer: 'https://login.example', audiences: ['bulkhead'] }],
});

function claims(payload: JWTPayload): Parameters<typeof claimTexts>[0] {
  const [issuer] = issuers;
  if (issuer === undefined) throw new Error('no issuer was parsed');
  return { issuer, payload };
}

describe('a claim', () => {
  test('is one text, a list of texts, or an inner one', () => {
    const payload = { one: 'a', many: ['a', 'b', 3, null], 'kubernetes.io': { 'name/space': 'tn-acme' } };
    expect(claimTexts(claims(payload), 'one')).toEqual(['a']);
    expect(claimTexts(claims(payload), 'many')).toEqual(['a', 'b']);
    expect(claimTexts(claims(payload), '/kubernetes.io/name~1space')).toEqual(['tn-acme']);
    expect(claimTexts(claims(payload), '/one/length')).toEqual([]);
    expect(claimTexts(claims(payload), '/__proto__/constructor')).toEqual([]);
  });

  test('is no name if it hides what it is', () => {
    expect(claimTexts(claims({ bad: ['a\nb', '', 'x'.repeat(501), '\ud800'] }), 'bad')).toEqual([]);
  });

  test('is an e-mail address only if the issuer verified it', () => {
    const email = 'Alice@Acme.example';
    expect(verifiedEmail(claims({ email, email_verified: true }))).toBe('alice@acme.example');
    for (const verified of [undefined, false, 'false', 1]) {
      expect(verifiedEmail(claims({ email, email_verified: verified }))).toBeNull();
      expect(claimTexts(claims({ email, email_verified: verified }), 'email')).toEqual([]);
    }
  });
});

test.for([
  ['acme/*', 'acme/shop', true],
  ['acme/*', 'evil/acme/shop', false],
  ['acme/*', 'acme', false],
  ['*:ref:refs/heads/main', 'repo:acme/shop:ref:refs/heads/main', true],
  ['a.b', 'aXb', false],
  ['(a|b)+$', '(a|b)+$', true],
  ['*', 'any\nthing', true],
] as const)('the pattern %s and the text %s: %s', ([pattern, text, matches]) => {
  expect(matchesGlob(pattern, text)).toBe(matches);
});

describe('a file of issuers', () => {
  const entry = { name: 'test', issuer: 'https://login.example', audiences: ['bulkhead'] };
  test.for<[string, object[]]>([
    ['an algorithm with a shared secret', [{ ...entry, algorithms: ['HS256'] }]],
    ['no algorithm', [{ ...entry, algorithms: ['none'] }]],
    ['no audience', [{ ...entry, audiences: [] }]],
    ['an issuer whose keys anybody on the way can replace', [{ ...entry, issuer: 'http://login.example' }]],
    ['a rule for everybody without a claim', [{ ...entry, rules: [{ when: {}, role: 'operator' }] }]],
    ['an unknown member', [{ ...entry, audience: 'bulkhead' }]],
    ['an issuer twice', [entry, { ...entry, name: 'other' }]],
  ])('does not have %s', ([, list]) => {
    expect(issuersFile.safeParse({ issuers: [entry] }).success).toBe(true);
    expect(issuersFile.safeParse({ issuers: list }).success).toBe(false);
  });
});
