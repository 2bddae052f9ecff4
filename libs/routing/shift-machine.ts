import { isFinished, type ShiftReason, type ShiftState, type ShiftStep } from './shift-status.js';

/** What decides about the next move of a shift. */
export interface ShiftProgress {
  state: ShiftState;
  reason: ShiftReason | null;
  steps: readonly ShiftStep[];
  /** -1 before the first. */
  step: number;
  stepGeneration: number | null;
  /** How long the step is known to be in the cluster; null: it is not. */
  settledMs: number | null;
  tenant: {
    observedGeneration: number;
    /** Whether it waits for a change after a failure. */
    failed: boolean;
    /** Why nothing may be shifted now; null: it may. */
    held: string | null;
  };
}

/** What has to be done: nothing, the weights of a step, or a note in the shift's row. */
export type ShiftMove =
  | { kind: 'stay' }
  | { kind: 'step'; step: number }
  | { kind: 'note'; state: ShiftState; reason: ShiftReason | null; settled: boolean };

const stay: ShiftMove = { kind: 'stay' };
const note = (state: ShiftState, reason: ShiftReason | null, settled: boolean): ShiftMove => ({
  ...{ kind: 'note', state, reason, settled },
});

/**
 * The next move of a shift. Whether a step is in the cluster is read from the tenant's observed generation, and not from
 * the operation that brought it: a later change of the tenant carries it out too. Pure, and level-triggered: asked again
 * in the same situation, it says the same.
 */
export function nextMove(progress: ShiftProgress): ShiftMove {
  const { state, reason, steps, step, tenant } = progress;
  if (isFinished(state) || state === 'paused') return stay;
  if (tenant.held !== null) {
    // Time in which nobody sees the step does not count, so its pause begins anew afterwards.
    if (reason?.code === 'TenantHeld' && reason.message === tenant.held) return stay;
    return note('waiting', { code: 'TenantHeld', message: tenant.held }, false);
  }
  if (reason !== null) return note('running', null, false);
  if (step < 0) return { kind: 'step', step: 0 };
  return state === 'running' ? whenTaken(progress) : whenStanding(steps, step, progress.settledMs);
}

function whenTaken({ steps, step, stepGeneration, tenant }: ShiftProgress): ShiftMove {
  if (stepGeneration === null || tenant.observedGeneration < stepGeneration) {
    const message = 'The tenant failed before the step was in the cluster. Resume to try again, or abort.';
    return tenant.failed ? note('paused', { code: 'TenantFailed', message }, false) : stay;
  }
  if (steps[step]?.pauseSeconds !== null) return note('waiting', null, true);
  return note('paused', { code: 'Manual', message: 'The step stands until somebody resumes the shift.' }, true);
}

/** A step without a pause of its own only waits here when somebody has resumed. */
function whenStanding(steps: readonly ShiftStep[], step: number, settledMs: number | null): ShiftMove {
  const pauseMs = (steps[step]?.pauseSeconds ?? 0) * 1_000;
  if (settledMs === null || settledMs < pauseMs) return stay;
  return step + 1 < steps.length ? { kind: 'step', step: step + 1 } : note('succeeded', null, true);
}
