import { isFinished, type ShiftReason, type ShiftState, type ShiftStep } from './shift-status.js';

/** The inputs that determine the next move of a shift. */
export interface ShiftProgress {
  state: ShiftState;
  reason: ShiftReason | null;
  steps: readonly ShiftStep[];
  /** -1 before the first. */
  step: number;
  stepGeneration: number | null;
  /** How long the step is known to have been in the cluster; null if it is not. */
  settledMs: number | null;
  tenant: {
    observedGeneration: number;
    /** Whether the tenant failed and is waiting for a change. */
    failed: boolean;
    /** Why shifting is on hold; null if it is not. */
    held: string | null;
  };
}

/** The next move: nothing, the weights of a step, or an update of the shift's row. */
export type ShiftMove =
  | { kind: 'stay' }
  | { kind: 'step'; step: number }
  | { kind: 'note'; state: ShiftState; reason: ShiftReason | null; settled: boolean };

const stay: ShiftMove = { kind: 'stay' };
const note = (state: ShiftState, reason: ShiftReason | null, settled: boolean): ShiftMove => ({
  kind: 'note',
  state,
  reason,
  settled,
});

/**
 * Returns the next move of a shift. Whether a step is in the cluster follows from the tenant's observed generation
 * instead of the step's operation, because a later change of the tenant carries it out too. Pure and level-triggered.
 */
export function nextMove(progress: ShiftProgress): ShiftMove {
  const { state, reason, steps, step, tenant } = progress;
  if (isFinished(state) || state === 'paused') return stay;
  if (tenant.held !== null) {
    // Time without requests does not count, so the pause restarts afterwards.
    if (reason?.code === 'TenantHeld' && reason.message === tenant.held) return stay;
    return note('waiting', { code: 'TenantHeld', message: tenant.held }, false);
  }
  if (reason !== null) return note('running', null, false);
  if (step < 0) return { kind: 'step', step: 0 };
  return state === 'running' ? whenTaken(progress) : whenStanding(steps, step, progress.settledMs);
}

function whenTaken({ steps, step, stepGeneration, tenant }: ShiftProgress): ShiftMove {
  if (stepGeneration === null || tenant.observedGeneration < stepGeneration) {
    const message = 'The tenant failed before the step was in the cluster. Resume the shift to retry, or abort it.';
    return tenant.failed ? note('paused', { code: 'TenantFailed', message }, false) : stay;
  }
  if (steps[step]?.pauseSeconds !== null) return note('waiting', null, true);
  return note('paused', { code: 'Manual', message: 'The step stays until the shift is resumed.' }, true);
}

/** Returns the move after the current step. A manual step only gets here once resumed. */
function whenStanding(steps: readonly ShiftStep[], step: number, settledMs: number | null): ShiftMove {
  const pauseMs = (steps[step]?.pauseSeconds ?? 0) * 1_000;
  if (settledMs === null || settledMs < pauseMs) return stay;
  return step + 1 < steps.length ? { kind: 'step', step: step + 1 } : note('succeeded', null, true);
}
