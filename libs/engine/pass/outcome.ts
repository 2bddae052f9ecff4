import { type Condition, type ConditionType, type FailureCause } from '#tenancy';

import { causeOf, diagnose, INTERNAL_ERROR, retryAfterMsOf } from './diagnosis.js';
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
  /** Another attempt can succeed. `retryAfterMs` is the pause that the API server asked for. */
  | { kind: 'retry'; problem: Problem; clusterReachable: boolean; retryAfterMs?: number; overdue?: boolean }
  /** No further attempt can succeed until something is changed. */
  | { kind: 'failed'; problem: Problem };

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
 * @param failures consecutive passes before this one that ended in an error
 */
export function outcomeOf(error: unknown, failures: number): Outcome {
  if (error instanceof PassWaiting) {
    return { kind: 'waiting', problem: error.problem, recheckAfterMs: error.recheckAfterMs };
  }
  const cause = error instanceof StepFailed ? error.cause : error;
  if (cause instanceof PassFailed) return { kind: 'failed', problem: cause.problem };
  const place = error instanceof StepFailed ? { object: error.object, kind: error.kind } : { object: null, kind: null };
  const { reason, passing, clusterReachable } = diagnose(cause, failures);
  const problem = { reason, message: messageFor(reason, cause), ...place, cause: causeOf(cause, failures) };
  if (!passing) return { kind: 'failed', problem };
  const retryAfterMs = retryAfterMsOf(cause);
  return { kind: 'retry', problem, clusterReachable, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
}

function messageFor(reason: string, error: unknown): string {
  if (reason === INTERNAL_ERROR) return 'Internal error of Bulkhead; see the log of the worker.';
  return reason === 'ClusterUnreachable' ? `The cluster cannot be used: ${messageOf(error)}.` : messageOf(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
