import { type ProblemCode } from './problem-code.js';

/** One error in the input; `pointer` is a JSON Pointer (RFC 6901) into the request body. */
export interface ProblemDetail {
  pointer: string;
  code: string;
  detail: string;
}

/**
 * An error that the caller can understand and act on. It is independent of HTTP: the API maps `code` to a status.
 * `message` is public; `cause` is only logged.
 */
export class DomainError extends Error {
  readonly code: ProblemCode;
  readonly errors: readonly ProblemDetail[];

  constructor(
    code: ProblemCode,
    message: string,
    options: { errors?: readonly ProblemDetail[]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'DomainError';
    this.code = code;
    this.errors = options.errors ?? [];
  }
}

/** `request.invalid` about one field of the request body. */
export function invalidField(pointer: string, detail: string): DomainError {
  return new DomainError('request.invalid', detail, { errors: [{ pointer, code: 'custom', detail }] });
}

/** Creates a `DomainError` about one field of the request body. */
export function fieldError(code: ProblemCode, pointer: string, detail: string): DomainError {
  return new DomainError(code, detail, { errors: [{ pointer, code, detail }] });
}
