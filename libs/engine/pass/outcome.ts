import { UnrenderableTenant } from '#isolation';
import { cutText } from '#persistence';
import { type Condition, type ConditionType, type FailureCause } from '#tenancy';

import { diagnose } from './diagnosis.js';
import { StepFailed } from './steps.js';

/** Why the cluster does not match at the end of a pass. */
export interface Problem {
  /** One CamelCase word; documented in docs/runbooks/conditions.md. */
  reason: string;
  message: string;
  /** `apiVersion/Kind/[namespace/]name`; null when no single object is at fault. */
  object: string | null;
  /** Kind of that object. */
  kind: string | null;
  /** The API server's answer; absent if it was not asked. */
  cause?: FailureCause;
}

/** How a pass ended. The engine, not the phase, decides when the next pass begins. */
export type Outcome =
  /** The cluster matches. */
  | { kind: 'settled'; restricted?: Restricted; caveats?: Caveats }
  /** Nothing is wrong; the cluster needs time. */
  | { kind: 'waiting'; problem: Problem; recheckAfterMs: number; overdue?: boolean }
  /**
   * Another attempt can succeed. `retryAfterMs` is the pause that the API server asked for; `refused` is true if the
   * request seems to be at fault.
   */
  | {
      kind: 'retry';
      problem: Problem;
      clusterReachable: boolean;
      refused: boolean;
      retryAfterMs?: number;
      overdue?: boolean;
    }
  /** No further attempt can succeed until something is changed. `refused` is true if the API server decided that. */
  | { kind: 'failed'; problem: Problem; refused: boolean };

/** Refusals of a tenant's passes before this one, without another change in between. */
export interface Refusals {
  count: number;
  /** Time since the first of them by the database's clock, in ms; 0 if there was none. */
  forMs: number;
}

/** Attempts before a refusal is final. One answer can be wrong: roles, policies and quotas reach a starting API server late. */
const FEWEST_ATTEMPTS = 3;

/** Why a tenant that matches its desired state cannot be used. */
export interface Restricted {
  reason: string;
  message: string;
}

/** A condition of a tenant whose objects all match, if it is not plainly True. */
export type Caveat = Pick<Condition, 'status' | 'reason' | 'message'>;

export type Caveats = Partial<Record<ConditionType, Caveat>>;

/** Ends a pass: another attempt cannot help. */
export class PassFailed extends Error {
  override readonly name = 'PassFailed';

  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** Ends a pass early: the cluster needs time. */
export class PassWaiting extends Error {
  override readonly name = 'PassWaiting';

  constructor(
    readonly problem: Problem,
    readonly recheckAfterMs: number,
  ) {
    super(problem.message);
  }
}

/**
 * The outcome of a pass that an error ended.
 * @param before refusals of earlier passes
 * @param patienceMs a refusal that lasts so long is final
 */
export function outcomeOf(error: unknown, before: Refusals, patienceMs: number): Outcome {
  if (error instanceof PassWaiting) {
    return { kind: 'waiting', problem: error.problem, recheckAfterMs: error.recheckAfterMs };
  }
  const ended = error instanceof StepFailed ? error.cause : error;
  if (ended instanceof PassFailed) return { kind: 'failed', problem: ended.problem, refused: false };
  if (ended instanceof UnrenderableTenant) {
    const problem = { reason: 'NotRenderable', message: cutText(ended.message), object: null, kind: null };
    return { kind: 'failed', problem, refused: false };
  }
  const place = error instanceof StepFailed ? { object: error.object, kind: error.kind } : { object: null, kind: null };
  const { reason, message, isRefusal, isCertain, clusterReachable, cause, retryAfterMs } = diagnose(ended);
  const problem = { reason, message: cutText(message), ...place, cause };
  const hasLasted = before.count + 1 >= FEWEST_ATTEMPTS && before.forMs >= patienceMs;
  if (isRefusal && (isCertain || hasLasted)) {
    return { kind: 'failed', problem, refused: true };
  }
  const pause = retryAfterMs === null ? {} : { retryAfterMs };
  return { kind: 'retry', problem, clusterReachable, refused: isRefusal, ...pause };
}
