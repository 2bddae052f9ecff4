import { KubeError } from '#kube';
import { classify, type Failure, INTERNAL_ERROR } from '#problems';
import { type FailureCause } from '#tenancy';

/** Classification of an error. Conditions, steps, operations and log lines all take the reason from here. */
export interface Diagnosis {
  /** One CamelCase word; documented in docs/runbooks/conditions.md. */
  reason: string;
  message: string;
  /** True if the request is at fault: the same one would be refused again, as far as one answer can show. */
  isRefusal: boolean;
  /** True if no further attempt can have another answer. */
  isCertain: boolean;
  clusterReachable: boolean;
  /** The cause as it is recorded: Bulkhead's code, and the API server's answer. */
  cause: FailureCause;
  /** The pause that the API server asked for, in ms; null if it did not ask for one. */
  retryAfterMs: number | null;
}

export function diagnose(error: unknown): Diagnosis {
  const failure = classify(error);
  const { reason } = failure;
  const answer = error instanceof KubeError ? error : null;
  const seconds = answer?.retryAfterSeconds ?? null;
  return {
    reason,
    message: messageFor(failure, error),
    isRefusal: failure.class === 'final' && reason !== INTERNAL_ERROR,
    isCertain: failure.isCertain,
    clusterReachable: reason !== 'ClusterUnreachable',
    cause: { code: reason, reason: answer?.reason ?? null, httpStatus: answer?.httpStatus ?? null },
    retryAfterMs: seconds === null ? null : seconds * 1000,
  };
}

/** Texts that say more than the error itself. The same error always has the same text, so that conditions do not flap. */
function messageFor({ reason, names }: Failure, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  switch (reason) {
    case INTERNAL_ERROR:
      return 'Internal error of Bulkhead; see the log of the worker.';
    case 'ClusterUnreachable':
      return `The cluster cannot be used: ${message}.`;
    case 'WebhookUnavailable':
      return `The webhook ${webhookIn(names)} does not work: ${message}`;
    case 'AdmissionNotReady':
      return `The admission of the API server is not ready: ${message}`;
    case 'DependencyUnavailable':
      return 'The database did not take a statement; see the log of the worker.';
    default:
      return message;
  }
}

/** A webhook by its name and, if the API server tells it, the Service that its configuration names. */
function webhookIn({ webhook = '', service, namespace }: Failure['names']): string {
  return service === undefined ? `"${webhook}"` : `"${webhook}" (Service ${namespace ?? ''}/${service})`;
}
