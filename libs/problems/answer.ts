/**
 * - `final`: the request is at fault, and the same one would be refused again. It still counts as final only after some
 *   attempts over some time (docs/adr/0037).
 * - `passing`: the same request can succeed in a moment, and nobody has to do anything.
 * - `wait`: a known condition, named by the reason, holds the request up. Somebody may have to end it.
 * - `ours`: a defect of Bulkhead.
 */
export type FailureClass = 'final' | 'passing' | 'wait' | 'ours';

/** One answer that refused or failed a request, without the client that received it. */
export interface Answer {
  from: 'kubernetes' | 'gatekeeper' | 'postgres' | 'queue';
  /** HTTP status, SQLSTATE, or code of a system error; `none` if there was no answer. */
  code: string;
  message: string;
  /** Reasons of the causes (meta/v1 Status, `details.causes`). */
  causes?: readonly string[];
}

/** An error that knows the answer that it stands for. */
export interface AnsweredError extends Error {
  readonly answer: Answer;
}
