/** The body of an error answer of the API server (meta/v1 Status). */
export interface KubeStatus {
  reason?: string;
  message?: string;
  details?: { retryAfterSeconds?: number; causes?: { reason?: string; message?: string; field?: string }[] };
}

/** The API server answered with an error. */
export class KubeError extends Error {
  override readonly name = 'KubeError';

  readonly status: KubeStatus;
  /** How long to leave the API server alone; null when it did not say. */
  readonly retryAfterSeconds: number | null;

  /** @param retryAfter the header `Retry-After`, if one came; it is more exact than `status.details`. */
  constructor(
    readonly httpStatus: number,
    status: KubeStatus | null,
    retryAfter?: string | string[],
  ) {
    // What stands between may answer with any JSON.
    const said = typeof status === 'object' && status !== null ? status : {};
    super(said.message ?? `the API server answered ${httpStatus}`);
    this.status = said;
    this.retryAfterSeconds = secondsOf(retryAfter) ?? secondsOf(String(said.details?.retryAfterSeconds ?? ''));
  }

  /** CamelCase, e.g. `NotFound`, `Forbidden`, `Invalid`. */
  get reason(): string {
    return this.status.reason ?? `Status${this.httpStatus}`;
  }
}

/** `Retry-After` (RFC 9110, section 10.2.3) in seconds from now; null when it is absent or not valid. */
function secondsOf(retryAfter: string | string[] | undefined): number | null {
  if (typeof retryAfter !== 'string' || retryAfter === '') return null;
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter);
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}

/** The API server gave no answer: refused, reset, timed out, or its certificate is not trusted. */
export class KubeUnreachable extends Error {
  override readonly name = 'KubeUnreachable';
}

/**
 * Whether a quota refused because its controller has yet to count: one that is new, one that still counts a deleted
 * ResourceQuota among those of its namespace, or the one of what gives access before it has its new size. Tenants make
 * no ResourceQuotas, and what Bulkhead makes itself is on top of their share of the other, so nobody else can have used
 * that up; but for tenants who have more than their share, see `isOutOfRoom`.
 */
export function isQuotaLag(error: unknown): boolean {
  const lags = /status unknown for quota|^resourcequotas ".*exceeded quota/;
  return isOutOfRoom(error) || (isForbidden(error) && lags.test(error.message));
}

/**
 * Whether the quota of what gives access refused. When that lasts, the tenant has more than its share: a smaller plan has
 * made the share smaller, or it made some before the first count of the quota was complete (the quota controller counts
 * what its watches have told it of, and corrects that five minutes later).
 */
export function isOutOfRoom(error: unknown): boolean {
  return isForbidden(error) && error.message.includes('exceeded quota: tenant-quota-access,');
}

function isForbidden(error: unknown): error is KubeError {
  return error instanceof KubeError && error.httpStatus === 403;
}

/**
 * Whether the same request can succeed later without anybody changing anything.
 * 429, 5xx: the API server's own trouble. 409: a concurrent write. 404: the namespace vanished mid-pass and
 * the next pass makes it again. 401: credentials are being rotated. Two kinds of 403 pass by themselves: a
 * namespace that is terminating (cause NamespaceTerminating), and a quota whose usage was not counted yet.
 */
export function isTransient(error: unknown): boolean {
  if (error instanceof KubeUnreachable) return true;
  if (!(error instanceof KubeError)) return false;
  if (error.httpStatus === 403) {
    const causes = error.status.details?.causes ?? [];
    return causes.some(({ reason }) => reason === 'NamespaceTerminating') || isQuotaLag(error);
  }
  return [401, 404, 408, 409, 429].includes(error.httpStatus) || error.httpStatus >= 500;
}

/** The answer; null when the API server says that there is no such thing. */
export async function ifFound<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KubeError && error.httpStatus === 404) return null;
    throw error;
  }
}

/** Whether the trouble is with reaching the cluster at all, not with one object. */
export function isClusterFailure(error: unknown): boolean {
  if (error instanceof KubeUnreachable) return true;
  return (
    error instanceof KubeError && (error.httpStatus === 401 || error.httpStatus === 429 || error.httpStatus >= 500)
  );
}

/**
 * Whether the API server's authorizer said no, as opposed to an admission plugin. An API server that has just
 * started answers so to everybody until it has read the roles, so this is worth a few more attempts.
 */
export function isAuthorizationFailure(error: unknown): boolean {
  return error instanceof KubeError && error.httpStatus === 403 && /" cannot \w+ resource "/.test(error.message);
}
