import { type Answer, type AnsweredError, type FailureClass } from './answer.js';
import { failureTable } from './failure-table.js';

/** What an answer means, as `failureTable` lists it. */
export interface Failure {
  /** Identifies the row of the table. */
  name: string;
  class: FailureClass;
  /** Reason of conditions; documented in docs/runbooks/conditions.md. */
  reason: string;
  /** True if everything else that is asked of the same server fails, too. */
  isWhole: boolean;
  /** True if no further attempt can have another answer, because the request cannot be read. */
  isCertain: boolean;
  /** Names that the message contains, such as that of a webhook. */
  names: Readonly<Partial<Record<string, string>>>;
}

/** Reason of a defect of Bulkhead itself; the error is in the log. */
export const INTERNAL_ERROR = 'InternalError';

const defect: Failure = {
  name: 'defect',
  class: 'ours',
  reason: INTERNAL_ERROR,
  isWhole: false,
  isCertain: false,
  names: {},
};

/**
 * Classifies any error.
 * @param by who answered if the error does not know: errors of the database and of the queue come from their clients
 */
export function classify(error: unknown, by: 'postgres' | 'queue' = 'postgres'): Failure {
  return answersIn(error, by).map(classifyAnswer).find(isKnown) ?? defect;
}

/** Classifies an answer by the first row of the table that it matches. */
export function classifyAnswer({ from, code, message, causes = [] }: Answer): Failure {
  for (const row of failureTable) {
    if (row.from !== from || row.code?.test(code) === false) continue;
    if (row.cause !== undefined && !causes.includes(row.cause)) continue;
    const match = row.message?.exec(message);
    if (match === null) continue;
    const { name, reason, isWhole = false, isCertain = false } = row;
    return { name, class: row.class, reason, isWhole, isCertain, names: match?.groups ?? {} };
  }
  return defect;
}

function isKnown(failure: Failure): boolean {
  return failure !== defect;
}

/** The answers that an error stands for: its own, or those of the errors that it wraps. */
function answersIn(error: unknown, by: Answer['from']): Answer[] {
  if (!(error instanceof Error)) return [];
  const { answer, code, cause, driverError, errors } = error as Partial<AnsweredError> & {
    code?: unknown;
    driverError?: unknown;
    errors?: unknown;
  };
  if (answer !== undefined) return [answer];
  const own = { from: by, code: typeof code === 'string' ? code : error.name, message: error.message };
  const several: readonly unknown[] = Array.isArray(errors) ? errors : [];
  const wrapped = [cause, driverError, ...several].filter((inner) => inner !== error);
  return [own, ...wrapped.flatMap((inner) => answersIn(inner, by))];
}
