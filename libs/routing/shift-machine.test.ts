import { describe, expect, test } from 'vitest';

import { nextMove, type ShiftProgress } from './shift-machine.js';

const steps = [
  { weight: 10, pauseSeconds: 60 },
  { weight: 50, pauseSeconds: null },
  { weight: 100, pauseSeconds: 0 },
];
const at = (more: Omit<Partial<ShiftProgress>, 'tenant'> = {}, tenant: Partial<ShiftProgress['tenant']> = {}) => ({
  state: 'running' as const,
  reason: null,
  steps,
  step: 0,
  stepGeneration: 7,
  settledMs: null,
  tenant: { observedGeneration: 6, failed: false, held: null, ...tenant },
  ...more,
});
const settledIn = { observedGeneration: 7 };
const note = (state: string, code: string | null, settled: boolean): object => ({
  kind: 'note',
  state,
  reason: code === null ? null : { code, message: expect.any(String) as string },
  settled,
});

describe('a shift', () => {
  test.for<[string, ShiftProgress, object]>([
    ['takes its first step', at({ step: -1, stepGeneration: null }), { kind: 'step', step: 0 }],
    ['waits until the step is in the cluster', at(), { kind: 'stay' }],
    ['then starts its pause', at({}, settledIn), note('waiting', null, true)],
    ['also if a later change applied it', at({}, { observedGeneration: 9 }), note('waiting', null, true)],
    ['waits for the end of the pause', at({ state: 'waiting', settledMs: 59_999 }, settledIn), { kind: 'stay' }],
    ['takes the next step then', at({ state: 'waiting', settledMs: 60_000 }, settledIn), { kind: 'step', step: 1 }],
    ['stops at a manual step', at({ step: 1 }, settledIn), note('paused', 'Manual', true)],
    [
      'continues from there when resumed',
      at({ state: 'waiting', step: 1, settledMs: 1 }, settledIn),
      { kind: 'step', step: 2 },
    ],
    [
      'ends after the last step',
      at({ state: 'waiting', step: 2, settledMs: 0 }, settledIn),
      note('succeeded', null, true),
    ],
    ['pauses when the tenant fails', at({}, { failed: true }), note('paused', 'TenantFailed', false)],
    [
      'does not if the step was already in the cluster',
      at({}, { ...settledIn, failed: true }),
      note('waiting', null, true),
    ],
    ['stays paused', at({ state: 'paused', step: -1 }, settledIn), { kind: 'stay' }],
    ['stays aborted', at({ state: 'aborted', step: -1 }), { kind: 'stay' }],
  ])('%s', ([, progress, move]) => {
    expect(nextMove(progress)).toEqual(move);
    expect(nextMove(progress)).toEqual(move);
  });

  test('takes no step and stops its clock while the tenant is on hold, and continues afterwards', () => {
    const held = { ...settledIn, held: 'The tenant is held.' };
    const waiting = { state: 'waiting' as const, settledMs: 999_999 };
    expect(nextMove(at(waiting, held))).toEqual(note('waiting', 'TenantHeld', false));
    const reason = { code: 'TenantHeld' as const, message: held.held };
    expect(nextMove(at({ ...waiting, reason, settledMs: null }, held))).toEqual({ kind: 'stay' });
    expect(nextMove(at({ ...waiting, reason, settledMs: null }, settledIn))).toEqual(note('running', null, false));
    expect(nextMove(at({ step: -1, reason, state: 'waiting' }, settledIn))).toEqual(note('running', null, false));
  });
});
