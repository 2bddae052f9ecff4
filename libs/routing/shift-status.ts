/**
 * The state of a shift. `running`: a step is due or being applied. `waiting`: the step is in the cluster and its pause
 * has begun. `paused`: waits for a caller. All others are final.
 */
export const shiftStates = ['running', 'waiting', 'paused', 'succeeded', 'aborted'] as const;
export type ShiftState = (typeof shiftStates)[number];

/** One step: the share of the new service, and the condition for the next step. */
export interface ShiftStep {
  /** Percent of the combined traffic of the two services. */
  weight: number;
  /** Pause before the next step; null to wait until resumed. */
  pauseSeconds: number | null;
}

/** Why a shift does not proceed. */
export interface ShiftReason {
  code: 'Requested' | 'Manual' | 'TenantFailed' | 'TenantHeld';
  message: string;
}

/** Reports whether the shift is in a final state. */
export function isFinished(state: ShiftState): boolean {
  return state === 'succeeded' || state === 'aborted';
}

/** The Postgres channel that announces changed shifts. */
export const SHIFT_CHANNEL = 'bulkhead_shifts';
