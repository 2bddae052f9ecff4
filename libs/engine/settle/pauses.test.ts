import { expect, test } from 'vitest';

import { lookAgainMs, retryPauseMs } from './pauses.js';

test('each pause is about twice the one before, up to half a minute', () => {
  for (const [failures, ms] of [
    [1, 1_000],
    [2, 2_000],
    [5, 16_000],
    [6, 30_000],
    [5_000, 30_000],
  ] as const) {
    const pause = retryPauseMs(failures, null);
    expect(pause).toBeGreaterThanOrEqual(ms * 0.8);
    expect(pause).toBeLessThanOrEqual(ms * 1.2);
  }
});

test('a pause that the API server asks for is kept, up to a minute', () => {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    expect(retryPauseMs(1, 20_000)).toBeGreaterThanOrEqual(20_000);
    expect(retryPauseMs(9, 2_000)).toBeGreaterThanOrEqual(24_000);
    expect(retryPauseMs(1, 86_400_000)).toBeLessThanOrEqual(72_000);
  }
});

test('a tenant that is cut off is looked at again until no request from before can be running any more', () => {
  const looks = [];
  for (let age = 150, pause = lookAgainMs(age); pause !== null; pause = lookAgainMs(age)) looks.push((age += pause));
  expect(looks).toEqual([650, 2_600, 10_400, 41_600, 166_400]);
});
