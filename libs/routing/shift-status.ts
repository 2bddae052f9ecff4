/**
 * Where a shift is. `running`: a step is to be taken, or is on its way to the cluster. `waiting`: the step is in the
 * cluster, and its pause runs. `paused` waits for somebody. The others are ends.
 */
export const shiftStates = ['running', 'waiting', 'paused', 'succeeded', 'aborted'] as const;
export type ShiftState = (typeof shiftStates)[number];

/** One step: the share of the requests that goes to the new service, and what has to happen before the next. */
export interface ShiftStep {
  /** In per cent of what the two services get together. */
  weight: number;
  /** How long the step stands before the next one; null: until somebody resumes. */
  pauseSeconds: number | null;
}

/** Why a shift does not go on by itself. */
export interface ShiftReason {
  code: 'Requested' | 'Manual' | 'TenantFailed' | 'TenantHeld';
  message: string;
}

/** Whether nothing will ever happen to the shift again. */
export function isFinished(state: ShiftState): boolean {
  return state === 'succeeded' || state === 'aborted';
}

/** The channel on which Postgres tells that somebody has changed a shift. */
export const SHIFT_CHANNEL = 'bulkhead_shifts';
