import { describe, expect, test } from 'vitest';

import { nextStep, resumedState, type RolloutProgress } from './rollout-machine.js';

const progress: RolloutProgress = {
  state: 'pending',
  direction: 'forward',
  reason: null,
  maxFailures: 0,
  toleratedFailures: 0,
  pauseAfterCanary: false,
  failures: 0,
  wave: 0,
};
const next = (changes: Partial<RolloutProgress>): string => {
  const { state, reason } = nextStep({ ...progress, ...changes });
  return reason === null ? state : `${state} ${reason.code}`;
};
const requested = { code: 'Requested' as const, message: '' };

describe('forward', () => {
  test('moves from the canary to the other waves and succeeds', () => {
    expect(next({})).toBe('canary');
    expect(next({ wave: 1 })).toBe('running');
    expect(next({ state: 'canary', wave: 1 })).toBe('running');
    expect(next({ state: 'canary', wave: 1, pauseAfterCanary: true })).toBe('paused CanaryDone');
    expect(next({ state: 'running', wave: 1, pauseAfterCanary: true })).toBe('running');
    expect(next({ state: 'canary', wave: null, pauseAfterCanary: true })).toBe('succeeded');
    expect(next({ state: 'running', wave: null })).toBe('succeeded');
  });

  test('pauses at one failure too many, even at the last tenant or while already paused', () => {
    for (const state of ['pending', 'canary', 'running'] as const) {
      expect(next({ state, failures: 1 })).toBe('paused TooManyFailures');
      expect(next({ state, failures: 1, wave: null })).toBe('paused TooManyFailures');
    }
    expect(next({ state: 'paused', reason: requested, failures: 1 })).toBe('paused TooManyFailures');
    expect(next({ state: 'running', wave: 1, failures: 2, maxFailures: 2 })).toBe('running');
    expect(next({ state: 'running', wave: 1, failures: 2, toleratedFailures: 2 })).toBe('running');
    expect(next({ state: 'running', wave: 1, failures: 3, toleratedFailures: 2 })).toBe('paused TooManyFailures');
  });
});

describe('back', () => {
  test('ends as rolled back, and also pauses at a failure', () => {
    const back = { state: 'rolling_back', direction: 'back' } as const;
    expect(next(back)).toBe('rolling_back');
    expect(next({ ...back, wave: 2, pauseAfterCanary: true })).toBe('rolling_back');
    expect(next({ ...back, wave: null })).toBe('rolled_back');
    expect(next({ ...back, failures: 1 })).toBe('paused TooManyFailures');
  });
});

test('paused and finished rollouts do not advance', () => {
  expect(next({ state: 'paused', reason: requested, wave: null })).toBe('paused Requested');
  for (const state of ['stopped', 'succeeded', 'rolled_back'] as const) {
    expect(next({ state, wave: null, failures: 5 })).toBe(state);
  }
});

test('a paused rollout resumes in its direction', () => {
  expect(resumedState({ direction: 'forward', wave: 0 })).toBe('canary');
  expect(resumedState({ direction: 'forward', wave: 1 })).toBe('running');
  expect(resumedState({ direction: 'forward', wave: null })).toBe('running');
  expect(resumedState({ direction: 'back', wave: 0 })).toBe('rolling_back');
});
