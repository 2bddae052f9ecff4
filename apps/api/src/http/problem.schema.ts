import { type DomainError, type ProblemCode, problemTitles } from '#problems';
import { z } from 'zod';

import { problemStatus } from './problem-status.js';
import { RateExceeded } from './rate-exceeded.js';

/** Base URL of the published problem pages, one per code. */
const ERRORS_URL = 'https://bulkhead.io/errors';

/** draft-ietf-httpapi-ratelimit-headers-10, section 6.1. */
const QUOTA_EXCEEDED = 'https://iana.org/assignments/http-problem-types#quota-exceeded';

/** Body of every error response (RFC 9457). */
export const problemSchema = z
  .strictObject({
    type: z
      .url()
      .describe(
        'URL of the page that documents the problem; of a problem type that is registered with IANA, its URL there.',
      ),
    title: z.string().describe('Summary; the same for every occurrence of the code.'),
    status: z.int().describe('The HTTP status.'),
    detail: z.string().describe('What is wrong in this case.'),
    code: z
      .enum(Object.keys(problemTitles) as [ProblemCode, ...ProblemCode[]])
      .describe('Stable identifier of the problem; match on this one.'),
    instance: z.string().describe('Path of the request.'),
    requestId: z.string().describe('Request id; quote it when you report the problem.'),
    errors: z
      .array(
        z.strictObject({
          pointer: z.string().describe('JSON Pointer (RFC 6901) into the request.'),
          code: z.string(),
          detail: z.string(),
        }),
      )
      .describe('Errors by field; empty if no single field is at fault.'),
    'violated-policies': z
      .array(z.string())
      .optional()
      .describe('Of `request.rate_limited`: the limits in `RateLimit-Policy` that are exceeded.'),
  })
  .meta({
    id: 'Problem',
    examples: [
      {
        type: `${ERRORS_URL}/request.invalid`,
        title: problemTitles['request.invalid'],
        status: 400,
        detail: 'plan: required.',
        code: 'request.invalid',
        instance: '/v1/tenants',
        requestId: '5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31',
        errors: [{ pointer: '/plan', code: 'required', detail: 'plan: required.' }],
      },
    ],
  });
export type Problem = z.output<typeof problemSchema>;

/** Builds the problem for an error of a request. */
export function problemOf(error: DomainError, request: { path: string; id: string }): Problem {
  const code: ProblemCode = error.code;
  return {
    type: code === 'request.rate_limited' ? QUOTA_EXCEEDED : `${ERRORS_URL}/${code}`,
    title: problemTitles[code],
    status: problemStatus[code],
    detail: error.message,
    code,
    instance: request.path,
    requestId: request.id,
    errors: [...error.errors],
    ...(error instanceof RateExceeded ? { 'violated-policies': [error.policy] } : {}),
  };
}
