import { isAuthorizationFailure, isClusterFailure, isTransient, KubeError } from '#kube';

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
}

/** What one pass concluded. The engine, not the step, decides when to look again. */
export type Outcome =
  | { kind: 'settled' }
  /** Nothing is wrong; the cluster needs time. */
  | { kind: 'waiting'; trouble: Trouble; recheckAfterMs: number }
  /** Trying again later can help. */
  | { kind: 'retry'; trouble: Trouble; clusterReachable: boolean }
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

/** Reason of trouble that is a defect of Bulkhead itself; the log has the error. */
export const INTERNAL_ERROR = 'InternalError';

/** How often a pass that was not authorized is tried before somebody has to look at the worker's rights. */
const UNAUTHORIZED_ATTEMPTS = 6;

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
  if (isClusterFailure(cause)) {
    const message = `The cluster cannot be used: ${messageOf(cause)}.`;
    const trouble = { reason: 'ClusterUnreachable', message, ...place };
    return { kind: 'retry', trouble, clusterReachable: false };
  }
  if (isTransient(cause)) {
    const trouble = { reason: 'WriteConflict', message: messageOf(cause), ...place };
    return { kind: 'retry', trouble, clusterReachable: true };
  }
  if (isAuthorizationFailure(cause) && failures + 1 < UNAUTHORIZED_ATTEMPTS) {
    const trouble = { reason: 'NotAuthorized', message: messageOf(cause), ...place };
    return { kind: 'retry', trouble, clusterReachable: true };
  }
  if (cause instanceof KubeError) {
    return { kind: 'failed', trouble: { reason: 'WriteRefused', message: messageOf(cause), ...place } };
  }
  const trouble = { reason: INTERNAL_ERROR, message: 'Bulkhead met an error of its own; its log has it.', ...place };
  return { kind: 'retry', trouble, clusterReachable: true };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
