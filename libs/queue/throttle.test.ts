import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Throttle } from './throttle.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('the first call runs at once, further ones once after each rest, none without a request', async () => {
  const times: number[] = [];
  const began = performance.now();
  const throttle = new Throttle(() => {
    times.push(performance.now() - began);
    return Promise.resolve();
  }, 100);
  await throttle.ask();
  expect(times).toEqual([0]);
  const asked = [throttle.ask(), throttle.ask(), throttle.ask()];
  await vi.advanceTimersByTimeAsync(99);
  expect(times).toEqual([0]);
  await vi.advanceTimersByTimeAsync(1);
  await Promise.all(asked);
  expect(times).toEqual([0, 100]);
  await vi.advanceTimersByTimeAsync(1_000);
  await throttle.ask();
  expect(times).toEqual([0, 100, 1_100]);
});

test('a failed call rejects all its requests and does not affect the next one', async () => {
  let calls = 0;
  const throttle = new Throttle(() => {
    calls += 1;
    return calls === 2 ? Promise.reject(new Error('away')) : Promise.resolve();
  }, 100);
  await throttle.ask();
  const asked = Promise.allSettled([throttle.ask(), throttle.ask()]);
  await vi.advanceTimersByTimeAsync(100);
  expect((await asked).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const next = throttle.ask();
  await vi.advanceTimersByTimeAsync(100);
  await expect(next).resolves.toBeUndefined();
});
