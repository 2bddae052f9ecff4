import { type Operation, type Problem } from './openapi.js';

/** The API refused a request, or could not carry it out. */
export class BulkheadError extends Error {
  override readonly name = 'BulkheadError';

  constructor(
    /** The HTTP status. */
    readonly status: number,
    /** The problem (RFC 9457) that the API described; null for an answer that is not from the API, such as a proxy's. */
    readonly problem: Problem | null,
  ) {
    super(problem === null ? `The answer has status ${status}.` : messageOf(problem));
  }

  /** The code of the problem, such as `tenant.slug_taken`; null without one. */
  get code(): Problem['code'] | null {
    return this.problem?.code ?? null;
  }
}

/** One line for the problem, and one for each member of the request that is wrong. */
function messageOf({ title, detail, errors }: Problem): string {
  const lines = errors.map((error) => `  ${error.pointer}: ${error.detail}`);
  return [detail === '' ? title : detail, ...lines].join('\n');
}

/** A change was accepted, and its operation ended in another state than `succeeded`. */
export class OperationFailedError extends Error {
  override readonly name = 'OperationFailedError';

  constructor(readonly operation: Operation) {
    const { id, state, error } = operation;
    super(`Operation ${id} ${wording[state]}${error === null ? '.' : `: ${error.message}`}`);
  }
}

const wording: Record<Operation['state'], string> = {
  pending: 'has not begun',
  running: 'is running',
  succeeded: 'succeeded',
  failed: 'failed',
  superseded: 'was superseded by a later change',
  cancelled: 'was cancelled',
};

/** An operation did not end in the time that the caller gave it. It goes on. */
export class OperationTimeoutError extends Error {
  override readonly name = 'OperationTimeoutError';

  constructor(readonly operation: Operation) {
    const waitingFor = operation.error === null ? '' : ` It waits: ${operation.error.message}`;
    super(`Operation ${operation.id} has not ended yet.${waitingFor}`);
  }
}
