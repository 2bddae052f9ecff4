import { newId } from '#persistence';
import { describe, expect, test } from 'vitest';

import { formatApiKey, hashSecret, matchesHash, newSecret, parseApiKey } from './api-key-format.js';

describe('an API key', () => {
  const parts = { id: newId('key'), secret: newSecret() };
  const key = formatApiKey(parts);

  test('parses into its id and secret', () => {
    expect(parseApiKey(key)).toEqual(parts);
  });

  test('with one changed character is refused without a database query', () => {
    const last = key.length - 1;
    for (const position of [4, 40, last]) {
      const other = key[position] === '0' ? '1' : '0';
      expect(parseApiKey(key.slice(0, position) + other + key.slice(position + 1))).toBeNull();
    }
  });

  test('matches only the hash of its own secret', () => {
    expect(matchesHash(parts.secret, hashSecret(parts.secret))).toBe(true);
    expect(matchesHash(newSecret(), hashSecret(parts.secret))).toBe(false);
  });
});
