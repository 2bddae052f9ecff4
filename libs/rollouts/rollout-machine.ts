import { isDriven, type PauseReason, type RolloutDirection, type RolloutState } from './rollout-status.js';

/** The inputs that determine the next state of a rollout. */
export interface RolloutProgress {
  state: RolloutState;
  direction: RolloutDirection;
  reason: PauseReason | null;
  maxFailures: number;
  toleratedFailures: number;
  pauseAfterCanary: boolean;
  /** Tenants that failed in the current direction, including tolerated ones. */
  failures: number;
  /** The first wave with a tenant pending or in flight; null if there is none. The canary is wave 0. */
  wave: number | null;
}

export interface RolloutStep {
  state: RolloutState;
  reason: PauseReason | null;
}

/** Returns how many more tenants can fail before the rollout pauses; negative if too many have. */
export function failuresLeft(
  progress: Pick<RolloutProgress, 'maxFailures' | 'toleratedFailures' | 'failures'>,
): number {
  return progress.maxFailures + progress.toleratedFailures - progress.failures;
}

/**
 * Returns the next state from the states of the tenants. Failures come first: a rollout whose last tenant fails pauses
 * instead of succeeding.
 */
export function nextStep(progress: RolloutProgress): RolloutStep {
  const { state, direction, reason, wave } = progress;
  if ((isDriven(state) || state === 'paused') && failuresLeft(progress) < 0) {
    return { state: 'paused', reason: tooManyFailures(progress) };
  }
  if (!isDriven(state)) return { state, reason };
  if (wave === null) return { state: direction === 'back' ? 'rolled_back' : 'succeeded', reason: null };
  if (direction === 'back') return { state: 'rolling_back', reason: null };
  if (wave === 0) return { state: 'canary', reason: null };
  if (state === 'canary' && progress.pauseAfterCanary) {
    return {
      state: 'paused',
      reason: { code: 'CanaryDone', message: 'The canary is done. Resume the rollout to continue.' },
    };
  }
  return { state: 'running', reason: null };
}

/** Returns the state in which a paused rollout resumes. */
export function resumedState({ direction, wave }: Pick<RolloutProgress, 'direction' | 'wave'>): RolloutState {
  if (direction === 'back') return 'rolling_back';
  return wave === 0 ? 'canary' : 'running';
}

function tooManyFailures({ failures, toleratedFailures, maxFailures }: RolloutProgress): PauseReason {
  const count = failures - toleratedFailures;
  const failed = `${count} tenant${count === 1 ? '' : 's'} failed`;
  return { code: 'TooManyFailures', message: `${failed}; the limit is ${maxFailures}. Check their errors.` };
}
