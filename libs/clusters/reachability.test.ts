import { KubeError, KubeUnreachable } from '#kube';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Reachability } from './reachability.js';

let answer: () => Promise<unknown>;
let probes: number;
let reports: (string | null)[];
let reachability: Reachability;

const away = (): Promise<never> => Promise.reject(new KubeUnreachable('away'));
const here = (): Promise<unknown> => Promise.resolve({});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  [answer, probes, reports] = [here, 0, []];
  reachability = new Reachability(
    () => {
      probes += 1;
      return answer();
    },
    (reason) => reports.push(reason),
  );
});
afterEach(() => {
  reachability.close();
  vi.useRealTimers();
});

const isReachable = (): boolean => {
  try {
    reachability.assertReachable();
    return true;
  } catch {
    return false;
  }
};

test('a lost connection alone does not make a cluster unreachable', async () => {
  answer = away;
  reachability.suspect();
  await vi.advanceTimersByTimeAsync(100);
  expect(isReachable()).toBe(true);
  answer = here;
  await vi.advanceTimersByTimeAsync(5_000);
  expect([isReachable(), probes, reports]).toEqual([true, 2, []]);
});

test('a cluster without answers is unreachable until it answers, and is probed only then', async () => {
  await vi.advanceTimersByTimeAsync(5_000);
  expect(probes).toBe(0);
  answer = away;
  reachability.suspect();
  reachability.suspect();
  await vi.advanceTimersByTimeAsync(3_500);
  expect([isReachable(), reports]).toEqual([false, ['away']]);
  answer = here;
  await vi.advanceTimersByTimeAsync(1_000);
  expect([isReachable(), reports]).toEqual([true, ['away', null]]);
  const before = probes;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(probes).toBe(before);
});

test('a refusal is an answer', async () => {
  answer = () => Promise.reject(new KubeError(403, null));
  reachability.suspect();
  await vi.advanceTimersByTimeAsync(5_000);
  expect([isReachable(), probes]).toEqual([true, 1]);
});

test('probing ends with the session', async () => {
  answer = away;
  reachability.suspect();
  await vi.advanceTimersByTimeAsync(2_000);
  reachability.close();
  const before = probes;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(probes).toBe(before);
});
