import { performance } from 'node:perf_hooks';

import { currentMoment, type Moment } from '#background';
import { afterEach, describe, expect, test, vi } from 'vitest';

import { LeaseKeeper } from './lease-keeper.js';
import { LeaseLost, PassHandedOver, PassSuperseded } from './pass-ended.js';

const keepers: LeaseKeeper[] = [];

function keep({
  askedAt = currentMoment(),
  renew = (): Promise<number | null> => new Promise(() => undefined),
} = {}): LeaseKeeper {
  const keeper = new LeaseKeeper({ leaseMs: 60_000, askedAt, generation: 3, renew });
  keepers.push(keeper);
  return keeper;
}

afterEach(() => {
  for (const keeper of keepers.splice(0)) keeper.stop();
  vi.restoreAllMocks();
  vi.useRealTimers();
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
    const askedAt: Moment = { monotonicMs: monotonicMs - 61_000, wallMs: wallMs - 61_000 };
    const keeper = keep({ askedAt });
    expect(() => {
      keeper.assertHeld();
    }).toThrow(LeaseLost);
  });
});

describe('a pass that has to end early', () => {
  test('goes on while the tenant is at the generation that it has read', () => {
    const keeper = keep();
    keeper.noteGeneration(3);
    keeper.assertHeld();
    expect(keeper.ended).toBeNull();
  });

  test('ends its waits at once, and requests that hang later', () => {
    vi.useFakeTimers();
    const keeper = keep();
    keeper.noteGeneration(4);
    expect(keeper.limits.waits.reason).toBeInstanceOf(PassSuperseded);
    expect(keeper.limits.requests.aborted).toBe(false);
    vi.advanceTimersByTime(20_000);
    expect(keeper.limits.requests.reason).toBeInstanceOf(PassSuperseded);
    expect(() => {
      keeper.assertHeld();
    }).toThrow(PassSuperseded);
  });

  test('learns of a newer generation from the renewal of its lease', async () => {
    vi.useFakeTimers();
    const keeper = keep({ renew: () => Promise.resolve(4) });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(keeper.ended).toBeInstanceOf(PassSuperseded);
  });

  test('keeps its first reason', () => {
    const keeper = keep();
    keeper.handOver();
    keeper.noteGeneration(4);
    expect(keeper.ended).toBeInstanceOf(PassHandedOver);
  });

  test('waits no longer for what knows nothing of it', async () => {
    const keeper = keep();
    const waiting = keeper.unlessEnded(new Promise(() => undefined));
    keeper.handOver();
    await expect(waiting).rejects.toBeInstanceOf(PassHandedOver);
    await expect(keeper.unlessEnded(new Promise(() => undefined))).rejects.toBeInstanceOf(PassHandedOver);
  });
});
