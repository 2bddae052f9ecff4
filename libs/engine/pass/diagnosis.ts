import { isAuthorizationFailure, isClusterFailure, isRefusedToDeployer, isTransient, KubeError } from '#kube';
import { type FailureCause } from '#tenancy';

/** What kind of failure an error is. Conditions, steps, operations and log lines all take the reason from here. */
export interface Diagnosis {
  /** One CamelCase word; documented in docs/runbooks/conditions.md. */
  reason: string;
  /** Whether trying again later can help. */
  passing: boolean;
  clusterReachable: boolean;
}

/** Reason of problem that is a defect of Bulkhead itself; the log has the error. */
export const INTERNAL_ERROR = 'InternalError';

/** How often a pass that was not authorized is tried before somebody has to look at the worker's rights. */
const UNAUTHORIZED_ATTEMPTS = 6;

/** @param failures passes before this one that ended in an error, without one that settled between. */
export function diagnose(error: unknown, failures: number): Diagnosis {
  if (isClusterFailure(error)) return { reason: 'ClusterUnreachable', passing: true, clusterReachable: false };
  if (isTransient(error)) return { reason: 'WriteConflict', passing: true, clusterReachable: true };
  // A template that asks for what its tenant may not do asks in vain, however often.
  const worthAnother = failures + 1 < UNAUTHORIZED_ATTEMPTS && !isRefusedToDeployer(error);
  if (isAuthorizationFailure(error) && worthAnother) {
    return { reason: 'NotAuthorized', passing: true, clusterReachable: true };
  }
  if (error instanceof KubeError) return { reason: 'WriteRefused', passing: false, clusterReachable: true };
  return { reason: INTERNAL_ERROR, passing: true, clusterReachable: true };
}

/** The cause as it is recorded: Bulkhead's code, and what the API server said. */
export function causeOf(error: unknown, failures: number): FailureCause {
  const { reason: code } = diagnose(error, failures);
  if (!(error instanceof KubeError)) return { code, reason: null, httpStatus: null };
  return { code, reason: error.reason, httpStatus: error.httpStatus };
}

/** How long the API server asked to be left alone, in ms; null when it did not say. */
export function retryAfterMsOf(error: unknown): number | null {
  if (!(error instanceof KubeError) || error.retryAfterSeconds === null) return null;
  return error.retryAfterSeconds * 1000;
}
