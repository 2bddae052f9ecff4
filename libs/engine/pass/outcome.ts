import { type Condition, type ConditionType, type FailureCause } from '#tenancy';

import { causeOf, diagnose, INTERNAL_ERROR, retryAfterMsOf } from './diagnosis.js';
import { StepFailed } from './steps.js';

/** Why a pass did not end with the cluster matching. */
export interface Trouble {
  /** One CamelCase word; documented in docs/runbooks/conditions.md. */
  reason: string;
  message: string;
  /** `apiVersion/Kind/[namespace/]name`; null when no single object is at fault. */
  object: string | null;
  /** Kind of that object. */
  kind: string | null;
  /** What the API server answered; absent when it was not asked. */
  cause?: FailureCause;
}

/** What one pass concluded. The engine, not the step, decides when to look again. */
export type Outcome =
  /** `restricted`: as wanted, the tenant cannot be used. `standing`: what is to be said although all is as wanted. */
  | { kind: 'settled'; restricted?: { reason: string; message: string }; standing?: StandingVerdicts }
  /** Nothing is wrong; the cluster needs time. */
  | { kind: 'waiting'; trouble: Trouble; recheckAfterMs: number; overdue?: boolean }
  /** Trying again later can help. `retryAfterMs` is what the API server asked for. */
  | { kind: 'retry'; trouble: Trouble; clusterReachable: boolean; retryAfterMs?: number; overdue?: boolean }
  /** Trying again cannot help: somebody has to change something. */
  | { kind: 'failed'; trouble: Trouble };

/** Ends a pass: trying again cannot help. */
export class PassFailed extends Error {
  override readonly name = 'PassFailed';

  constructor(readonly trouble: Trouble) {
    super(trouble.message);
  }
}

/** Ends a pass early: the cluster needs time. */
export class PassWaiting extends Error {
  override readonly name = 'PassWaiting';

  constructor(
    readonly trouble: Trouble,
    readonly recheckAfterMs: number,
  ) {
    super(trouble.message);
  }
}

/**
 * What an error that ended a pass means.
 * @param failures passes before this one that ended in an error, without one that settled between.
 */
export function outcomeOf(error: unknown, failures: number): Outcome {
  if (error instanceof PassWaiting) {
    return { kind: 'waiting', trouble: error.trouble, recheckAfterMs: error.recheckAfterMs };
  }
  const cause = error instanceof StepFailed ? error.cause : error;
  if (cause instanceof PassFailed) return { kind: 'failed', trouble: cause.trouble };
  const place = error instanceof StepFailed ? { object: error.object, kind: error.kind } : { object: null, kind: null };
  const { reason, passing, clusterReachable } = diagnose(cause, failures);
  const trouble = { reason, message: messageFor(reason, cause), ...place, cause: causeOf(cause, failures) };
  if (!passing) return { kind: 'failed', trouble };
  const retryAfterMs = retryAfterMsOf(cause);
  return { kind: 'retry', trouble, clusterReachable, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
}

function messageFor(reason: string, error: unknown): string {
  if (reason === INTERNAL_ERROR) return 'Bulkhead met an error of its own; its log has it.';
  return reason === 'ClusterUnreachable' ? `The cluster cannot be used: ${messageOf(error)}.` : messageOf(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What is said about a condition of a tenant whose objects all stand as wanted. */
export type StandingVerdict = Pick<Condition, 'status' | 'reason' | 'message'>;

export type StandingVerdicts = Partial<Record<ConditionType, StandingVerdict>>;
