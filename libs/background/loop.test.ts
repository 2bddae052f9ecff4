import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { metricsText } from '#telemetry';
import { Loop, type LoopSettings } from './loop.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A loop whose runs end when they are told to. */
function controlled(settings: Partial<LoopSettings> = {}): { loop: Loop; begun: () => number; end: Ender } {
  const open: PromiseWithResolvers<undefined>[] = [];
  let begun = 0;
  const loop = new Loop({
    name: 'sweeper',
    periodMs: 100,
    run: async () => {
      begun += 1;
      const run = Promise.withResolvers<undefined>();
      open.push(run);
      await run.promise;
    },
    failed: 'it failed',
    ...settings,
  });
  const end: Ender = async (error) => {
    if (error === undefined) open.shift()?.resolve(undefined);
    else open.shift()?.reject(error);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { loop, begun: () => begun, end };
}
type Ender = (error?: Error) => Promise<void>;

test('runs after each period, which begins when the run before has ended', async () => {
  const { loop, begun, end } = controlled();
  loop.start();
  loop.start();
  await vi.advanceTimersByTimeAsync(99);
  expect(begun()).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(begun()).toBe(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(begun()).toBe(1);
  await end();
  await vi.advanceTimersByTimeAsync(100);
  expect(begun()).toBe(2);
});

test('runs once more for all who ask during a run, and never two at a time', async () => {
  const { loop, begun, end } = controlled({ periodMs: null });
  const first = loop.now();
  const asked = [loop.now(), loop.now()];
  loop.within(10);
  await vi.advanceTimersByTimeAsync(50);
  expect(begun()).toBe(1);
  await end();
  await first;
  expect(begun()).toBe(2);
  await end();
  await Promise.all(asked);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(begun()).toBe(2);
});

test('runs at the earliest of the times that were asked for', async () => {
  const { loop, begun } = controlled({ firstInMs: 500 });
  loop.start();
  loop.within(50);
  loop.within(200);
  await vi.advanceTimersByTimeAsync(49);
  expect(begun()).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(begun()).toBe(1);
});

test('goes on after runs that failed, and logs the same error sparingly', async () => {
  const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const { loop, begun, end } = controlled({ periodMs: 10 });
  loop.start();
  for (let run = 1; run <= 20; run += 1) {
    await vi.advanceTimersByTimeAsync(10);
    expect(begun()).toBe(run);
    await end(new Error('the database is away'));
  }
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]?.[1]).toBe('it failed');
  await vi.advanceTimersByTimeAsync(10);
  await end(new TypeError('something else'));
  expect(warn).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(5_000);
  await end(new Error('the database is away'));
  expect(warn).toHaveBeenCalledTimes(3);
});

test('stop waits for the run under way, tells it, and lets none begin after it', async () => {
  const told: boolean[] = [];
  const gate = Promise.withResolvers<undefined>();
  let begun = 0;
  const { loop } = controlled({
    run: async (stopping) => {
      begun += 1;
      await gate.promise;
      told.push(stopping.aborted);
    },
  });
  loop.start();
  await vi.advanceTimersByTimeAsync(100);
  const following = loop.now();
  let isStopped = false;
  const stopped = loop.stop().then(() => {
    isStopped = true;
  });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(isStopped).toBe(false);
  gate.resolve(undefined);
  await stopped;
  await following;
  expect(told).toEqual([true]);
  await loop.now();
  loop.within(0);
  loop.start();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(begun).toBe(1);
});

test('a metric has the time of the last run without an error', async () => {
  vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  vi.setSystemTime(1_000_000);
  const { loop, end } = controlled();
  const read = async (): Promise<string | undefined> =>
    /^bulkhead_loop_last_success_timestamp_seconds\{loop="sweeper"\} (.*)$/m.exec((await metricsText()).text)?.[1];
  loop.start();
  expect(await read()).toBe('1000');
  await vi.advanceTimersByTimeAsync(2_000);
  await end();
  expect(await read()).toBe('1002');
  await vi.advanceTimersByTimeAsync(2_000);
  await end(new Error('away'));
  expect(await read()).toBe('1002');
  await loop.stop();
});
