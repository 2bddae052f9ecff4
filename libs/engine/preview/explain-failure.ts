import { INTERNAL_ERROR } from '#problems';
import { type AnswerFailure } from '#questions';

import { outcomeOf } from '../pass/outcome.js';

/** Explains an error that ended the answer to a question, in the words in which a pass would report it. */
export function explainFailure(error: unknown): AnswerFailure {
  const outcome = outcomeOf(error, { count: 0, forMs: 0 }, Infinity);
  const { reason, message } = outcome.kind === 'settled' ? { reason: INTERNAL_ERROR, message: '' } : outcome.problem;
  return { reason, message, isDefect: reason === INTERNAL_ERROR };
}
