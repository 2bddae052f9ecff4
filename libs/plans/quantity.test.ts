import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  canonicalQuantity,
  compareQuantities,
  divideQuantity,
  InvalidQuantityError,
  parseQuantity,
} from './quantity.js';

const suffix = fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'Ti', 'e0', 'e3', 'E6', 'e-3');
const quantity = fc
  .record({ whole: fc.nat({ max: 99_999_999 }), fraction: fc.constantFrom('', '.', '.5', '.25', '.125'), suffix })
  .map((parts) => `${parts.whole}${parts.fraction}${parts.suffix}`)
  .filter((text) => {
    try {
      parseQuantity(text);
      return true;
    } catch {
      return false;
    }
  });

describe('a quantity', () => {
  test.each([
    ['1', 1_000_000_000n],
    ['100m', 100_000_000n],
    ['.5', 500_000_000n],
    ['+1.', 1_000_000_000n],
    ['0.5Gi', 536_870_912_000_000_000n],
    ['1e3', 1_000_000_000_000n],
    ['1E', 1_000_000_000_000_000_000_000_000_000n],
    ['1n', 1n],
    ['1e-9', 1n],
  ])('%s has an exact value', (text, nanos) => {
    expect(parseQuantity(text)).toBe(nanos);
  });

  test.each(['', ' ', '.', '-1', '1 Gi', '1K', '1gi', '1kB', 'Gi', '1e', '1e1.5', '0x10', '١', '1\n', 'NaN', '1_000'])(
    '%j is rejected as malformed',
    (text) => {
      expect(() => parseQuantity(text)).toThrow(InvalidQuantityError);
    },
  );

  test.each(['0.1n', '1e-10', '8Ei', '1e99', '9'.repeat(50)])('%s is rejected because it cannot be stored', (text) => {
    expect(() => parseQuantity(text)).toThrow(InvalidQuantityError);
  });

  test.each([
    ['1Gi', '1024Mi', 0],
    ['1G', '1Gi', -1],
    ['1', '999m', 1],
  ])('%s compared to %s is %i', (a, b, order) => {
    expect(compareQuantities(a, b)).toBe(order);
  });
});

describe('the canonical text', () => {
  test.each([
    ['0', '0'],
    ['0Gi', '0'],
    ['1000m', '1'],
    ['0.5', '500m'],
    ['1.5', '1500m'],
    ['1000', '1k'],
    ['1500', '1500'],
    ['100000', '100k'],
    ['1000000', '1M'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Gi', '512Mi'],
    ['1000Ki', '1000Ki'],
    ['0.5Ki', '512'],
    ['1e3', '1e3'],
    ['1000e3', '1e6'],
    ['1e2', '100'],
    // 125000 bytes need no binary suffix, and without one they are parsed as a decimal number.
    ['122.0703125Ki', '125k'],
  ])('of %s is %s', (text, canonical) => {
    expect(canonicalQuantity(text)).toBe(canonical);
  });

  test('keeps the value, and is canonical itself', () => {
    fc.assert(
      fc.property(quantity, (text) => {
        const canonical = canonicalQuantity(text);
        expect(parseQuantity(canonical)).toBe(parseQuantity(text));
        expect(canonicalQuantity(canonical)).toBe(canonical);
      }),
    );
  });
});

describe('dividing', () => {
  test.each([
    ['2', 3, 'milli', ['668m', '666m', '666m']],
    ['16Gi', 2, 'one', ['8Gi', '8Gi']],
    ['10', 3, 'one', ['4', '3', '3']],
    ['2', 3, 'one', ['2', '0', '0']],
    ['2000', 2, 'one', ['1k', '1k']],
    ['100', 1, 'one', ['100']],
  ] as const)('%s by %i in steps of %s', (total, parts, step, shares) => {
    expect(divideQuantity(total, parts, step)).toEqual(shares);
  });

  test('loses nothing and returns canonical texts', () => {
    fc.assert(
      fc.property(quantity, fc.integer({ min: 1, max: 9 }), fc.constantFrom('milli', 'one'), (total, parts, step) => {
        const shares = divideQuantity(total, parts, step);
        expect(shares).toHaveLength(parts);
        expect(shares.map(parseQuantity).reduce((sum, share) => sum + share)).toBe(parseQuantity(total));
        expect(shares.map(canonicalQuantity)).toEqual(shares);
      }),
    );
  });
});
