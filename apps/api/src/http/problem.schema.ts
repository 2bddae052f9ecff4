import { type DomainError, type ProblemCode, problemTitles } from '#problems';
import { z } from 'zod';

import { problemStatus } from './problem-status.js';

/** Where the pages about the problems are published, one a code. */
const ERRORS_URL = 'https://bulkhead.io/errors';

/** Body of every error answer (RFC 9457). */
export const problemSchema = z.strictObject({
  type: z.url().describe('Page about the problem.'),
  title: z.string().describe('The same text for every occurrence of the code.'),
  status: z.int().describe('The HTTP status.'),
  detail: z.string().describe('What is wrong this time.'),
  code: z.string().describe('Stable name of the problem; rely on this one.'),
  instance: z.string().describe('The path that was asked for.'),
  requestId: z.string().describe('Name it when you ask for help.'),
  errors: z
    .array(
      z.strictObject({
        pointer: z.string().describe('JSON Pointer (RFC 6901) into the request.'),
        code: z.string(),
        detail: z.string(),
      }),
    )
    .describe('What is wrong where; empty when no single member is at fault.'),
});
export type Problem = z.output<typeof problemSchema>;

/** The body for an error, in answer to one request. */
export function problemOf(error: DomainError, request: { path: string; id: string }): Problem {
  const code: ProblemCode = error.code;
  return {
    type: `${ERRORS_URL}/${code}`,
    title: problemTitles[code],
    status: problemStatus[code],
    detail: error.message,
    code,
    instance: request.path,
    requestId: request.id,
    errors: [...error.errors],
  };
}
