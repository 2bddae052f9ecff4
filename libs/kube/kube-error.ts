/** The body of an error answer of the API server (meta/v1 Status). */
export interface KubeStatus {
  reason?: string;
  message?: string;
  details?: { retryAfterSeconds?: number; causes?: { reason?: string; message?: string; field?: string }[] };
}

/** The API server answered with an error. */
export class KubeError extends Error {
  override readonly name = 'KubeError';

  constructor(
    readonly httpStatus: number,
    readonly status: KubeStatus,
  ) {
    super(status.message ?? `the API server answered ${httpStatus}`);
  }

  /** CamelCase, e.g. `NotFound`, `Forbidden`, `Invalid`. */
  get reason(): string {
    return this.status.reason ?? `Status${this.httpStatus}`;
  }
}

/** The API server gave no answer: refused, reset, timed out, or its certificate is not trusted. */
export class KubeUnreachable extends Error {
  override readonly name = 'KubeUnreachable';
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
    return (
      causes.some(({ reason }) => reason === 'NamespaceTerminating') || /status unknown for quota/.test(error.message)
    );
  }
  return [401, 404, 408, 409, 429].includes(error.httpStatus) || error.httpStatus >= 500;
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
