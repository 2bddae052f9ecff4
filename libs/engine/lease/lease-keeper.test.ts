import { performance } from 'node:perf_hooks';

import { afterEach, describe, expect, test, vi } from 'vitest';

import { currentMoment, LeaseKeeper, LeaseLost } from './lease-keeper.js';

const keepers: LeaseKeeper[] = [];

function keep(renew: () => Promise<boolean> = () => new Promise(() => undefined)): LeaseKeeper {
  const keeper = new LeaseKeeper(renew, 60_000, currentMoment());
  keepers.push(keeper);
  return keeper;
}

afterEach(() => {
  for (const keeper of keepers.splice(0)) keeper.stop();
  vi.restoreAllMocks();
});

describe('a lease that is not renewed', () => {
  test('is held for its duration', () => {
    keep().assertHeld();
  });

  test('expires when the wall clock has advanced, as after the machine slept', () => {
    const keeper = keep();
    const later = Date.now() + 61_000;
    vi.spyOn(Date, 'now').mockReturnValue(later);
    expect(() => {
      keeper.assertHeld();
    }).toThrow(LeaseLost);
  });

  test('expires when its time has passed although the wall clock was set back', () => {
    const keeper = keep();
    const [monotonic, wall] = [performance.now() + 61_000, Date.now() - 3_600_000];
    vi.spyOn(performance, 'now').mockReturnValue(monotonic);
    vi.spyOn(Date, 'now').mockReturnValue(wall);
    expect(() => {
      keeper.assertHeld();
    }).toThrow(LeaseLost);
  });

  test('counts from the request, not from the answer', () => {
    const { monotonicMs, wallMs } = currentMoment();
    const askedAt = { monotonicMs: monotonicMs - 61_000, wallMs: wallMs - 61_000 };
    const keeper = new LeaseKeeper(() => Promise.resolve(true), 60_000, askedAt);
    keepers.push(keeper);
    expect(() => {
      keeper.assertHeld();
    }).toThrow(LeaseLost);
  });
});
