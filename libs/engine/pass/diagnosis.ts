import { isAuthorizationFailure, isClusterFailure, isRefusedToDeployer, isTransient, KubeError } from '#kube';
import { type FailureCause } from '#tenancy';

/** Classification of an error. Conditions, steps, operations and log lines all take the reason from here. */
export interface Diagnosis {
  /** One CamelCase word; documented in docs/runbooks/conditions.md. */
  reason: string;
  /** True if another attempt can succeed. */
  passing: boolean;
  clusterReachable: boolean;
}

/** Reason of a defect of Bulkhead itself; the error is in the log. */
export const INTERNAL_ERROR = 'InternalError';

/** Attempts of a pass that is not authorized before the worker's rights count as missing for good. */
const UNAUTHORIZED_ATTEMPTS = 6;

/** @param failures consecutive passes before this one that ended in an error */
export function diagnose(error: unknown, failures: number): Diagnosis {
  if (isClusterFailure(error)) return { reason: 'ClusterUnreachable', passing: true, clusterReachable: false };
  if (isTransient(error)) return { reason: 'WriteConflict', passing: true, clusterReachable: true };
  // A template that demands more than its tenant is allowed is refused in every attempt.
  const worthAnother = failures + 1 < UNAUTHORIZED_ATTEMPTS && !isRefusedToDeployer(error);
  if (isAuthorizationFailure(error) && worthAnother) {
    return { reason: 'NotAuthorized', passing: true, clusterReachable: true };
  }
  if (error instanceof KubeError) return { reason: 'WriteRefused', passing: false, clusterReachable: true };
  return { reason: INTERNAL_ERROR, passing: true, clusterReachable: true };
}

/** The cause as it is recorded: Bulkhead's code, and the API server's answer. */
export function causeOf(error: unknown, failures: number): FailureCause {
  const { reason: code } = diagnose(error, failures);
  if (!(error instanceof KubeError)) return { code, reason: null, httpStatus: null };
  return { code, reason: error.reason, httpStatus: error.httpStatus };
}

/** The pause that the API server asked for, in ms; null if it did not ask for one. */
export function retryAfterMsOf(error: unknown): number | null {
  if (!(error instanceof KubeError) || error.retryAfterSeconds === null) return null;
  return error.retryAfterSeconds * 1000;
}
