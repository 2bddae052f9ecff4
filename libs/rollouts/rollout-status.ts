/**
 * Where a rollout is. `pending`, `canary`, `running` and `rolling_back` are driven by the workers; `paused` waits for
 * somebody; `stopped`, `succeeded` and `rolled_back` are ends, of which the first two can still be rolled back.
 */
export const rolloutStates = [
  'pending',
  'canary',
  'running',
  'paused',
  'stopped',
  'succeeded',
  'rolling_back',
  'rolled_back',
] as const;
export type RolloutState = (typeof rolloutStates)[number];

/** `forward`: to the rollout's version. `back`: to the version that each tenant had before. */
export const rolloutDirections = ['forward', 'back'] as const;
export type RolloutDirection = (typeof rolloutDirections)[number];

export const rolloutTenantStates = ['pending', 'updating', 'succeeded', 'failed', 'skipped', 'rolled_back'] as const;
export type RolloutTenantState = (typeof rolloutTenantStates)[number];

/** How many tenants of a rollout are in each state. */
export type RolloutCounts = Record<RolloutTenantState, number>;

/** Why a rollout is paused. */
export interface PauseReason {
  code: 'Requested' | 'CanaryDone' | 'TooManyFailures';
  message: string;
}

/** Why a tenant failed or was left out. */
export interface RolloutTenantError {
  /** The reason on the operation, the code of the problem that the change met, or a word of ours. */
  reason: string;
  message: string;
}

/** Which tenants come first. */
export interface Canary {
  /** How many; 0 for none. */
  tenants: number;
  /** These are among them. */
  tenantIds: string[];
}

const drivenStates: readonly RolloutState[] = ['pending', 'canary', 'running', 'rolling_back'];

/** Whether the workers start tenants of a rollout in this state. */
export function isDriven(state: RolloutState): boolean {
  return drivenStates.includes(state);
}

const finishedStates: readonly RolloutState[] = ['stopped', 'succeeded', 'rolled_back'];

/** Whether the plan is free for another rollout. */
export function isFinished(state: RolloutState): boolean {
  return finishedStates.includes(state);
}

/** The channel on which Postgres tells that somebody has changed a rollout. */
export const ROLLOUT_CHANNEL = 'bulkhead_rollouts';
