import { type Answer, type AnsweredError, classify } from '#problems';

/** The body of an error response of the API server (meta/v1 Status). */
export interface KubeStatus {
  reason?: string;
  message?: string;
  details?: { retryAfterSeconds?: number; causes?: { reason?: string; message?: string; field?: string }[] };
}

/** The API server answered with an error. */
export class KubeError extends Error implements AnsweredError {
  override readonly name = 'KubeError';

  readonly status: KubeStatus;
  /** Seconds to wait before the next request; null if unknown. */
  readonly retryAfterSeconds: number | null;

  /** @param retryAfter the header `Retry-After`, if present; it is more exact than `status.details`. */
  constructor(
    readonly httpStatus: number,
    status: KubeStatus | null,
    retryAfter?: string | string[],
  ) {
    // Something in between can answer with arbitrary JSON.
    const body = typeof status === 'object' && status !== null ? status : {};
    super(body.message ?? `the API server answered ${httpStatus}`);
    this.status = body;
    this.retryAfterSeconds = secondsOf(retryAfter) ?? secondsOf(String(body.details?.retryAfterSeconds ?? ''));
  }

  /** CamelCase, e.g. `NotFound`, `Forbidden`, `Invalid`. */
  get reason(): string {
    return this.status.reason ?? `Status${this.httpStatus}`;
  }

  get answer(): Answer {
    const causes = (this.status.details?.causes ?? []).map(({ reason = '' }) => reason);
    return { from: 'kubernetes', code: String(this.httpStatus), message: this.message, causes };
  }
}

/** Parses `Retry-After` (RFC 9110, section 10.2.3) to seconds from now; null if it is absent or invalid. */
function secondsOf(retryAfter: string | string[] | undefined): number | null {
  if (typeof retryAfter !== 'string' || retryAfter === '') return null;
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter);
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}

/** The API server did not answer: connection refused, reset or timed out, or its certificate is not trusted. */
export class KubeUnreachable extends Error implements AnsweredError {
  override readonly name = 'KubeUnreachable';

  get answer(): Answer {
    return { from: 'kubernetes', code: 'none', message: this.message };
  }
}

/**
 * Reports whether a quota refused because its controller lags behind: a new quota, one that still counts a deleted
 * ResourceQuota of its namespace, or the access quota before it has its new size. Tenants cannot create ResourceQuotas,
 * and Bulkhead's own objects come on top of the tenants' share of the access quota, so nothing else can have exhausted
 * it, except a tenant that exceeds its share: see `isAccessQuotaExceeded`.
 */
export function isQuotaLag(error: unknown): boolean {
  return isAccessQuotaExceeded(error) || classify(error).name === 'quota-lag';
}

/**
 * Reports whether the access quota refused. If that persists, the tenant exceeds its share: a smaller plan has reduced
 * the share, or the tenant created objects before the first count of the quota was complete (the quota controller
 * counts what its watches have seen, and corrects that five minutes later).
 */
export function isAccessQuotaExceeded(error: unknown): boolean {
  return classify(error).name === 'access-quota-exceeded';
}

/** Returns the answer; null if the API server reports 404. */
export async function ifFound<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KubeError && error.httpStatus === 404) return null;
    throw error;
  }
}

/** Reports whether the error concerns the whole cluster, not one object. */
export function isClusterFailure(error: unknown): boolean {
  return classify(error).name === 'cluster-unavailable';
}

/**
 * Reports whether the API server's authorizer refused, rather than an admission plugin. An API server that has just
 * started refuses everyone until it has read the roles, so this is worth a few retries.
 */
export function isAuthorizationFailure(error: unknown): boolean {
  return isRefusedToDeployer(error) || classify(error).name === 'not-authorized';
}

/** Reports whether a binding was refused because the worker may not give its role to anybody. */
export function isRoleNotGrantable(error: unknown): boolean {
  return classify(error).name === 'role-not-grantable';
}

/** Reports whether the API server's authorizer refused a tenant's deployer, rather than the worker itself. */
export function isRefusedToDeployer(error: unknown): boolean {
  return classify(error).name === 'refused-to-deployer';
}
