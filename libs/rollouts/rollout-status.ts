/**
 * The state of a rollout. Workers drive `pending`, `canary`, `running` and `rolling_back`; `paused` waits for a caller;
 * `stopped`, `succeeded` and `rolled_back` are final, except that the first two can still be rolled back.
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

/** `forward`: to the rollout's version. `back`: to the previous version of each tenant. */
export const rolloutDirections = ['forward', 'back'] as const;
export type RolloutDirection = (typeof rolloutDirections)[number];

export const rolloutTenantStates = ['pending', 'updating', 'succeeded', 'failed', 'skipped', 'rolled_back'] as const;
export type RolloutTenantState = (typeof rolloutTenantStates)[number];

/** Number of tenants of a rollout per state. */
export type RolloutCounts = Record<RolloutTenantState, number>;

/** Why a rollout is paused. */
export interface PauseReason {
  code: 'Requested' | 'CanaryDone' | 'TooManyFailures';
  message: string;
}

/** Why a tenant failed or was skipped. */
export interface RolloutTenantError {
  /** The reason of the operation, the code of a problem, or a reason specific to rollouts. */
  reason: string;
  message: string;
}

/** The tenants that are moved first. */
export interface Canary {
  /** Number of tenants; 0 for no canary. */
  tenants: number;
  /** Tenants that are always in the canary. */
  tenantIds: string[];
}

const drivenStates: readonly RolloutState[] = ['pending', 'canary', 'running', 'rolling_back'];

/** Reports whether workers start tenants of a rollout in this state. */
export function isDriven(state: RolloutState): boolean {
  return drivenStates.includes(state);
}

const finishedStates: readonly RolloutState[] = ['stopped', 'succeeded', 'rolled_back'];

/** Reports whether the plan can have another rollout. */
export function isFinished(state: RolloutState): boolean {
  return finishedStates.includes(state);
}

/** The Postgres channel that announces changed rollouts. */
export const ROLLOUT_CHANNEL = 'bulkhead_rollouts';
