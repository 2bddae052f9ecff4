import { type DomainError, type ProblemCode, problemTitles } from '#problems';
import { z } from 'zod';

import { problemStatus } from './problem-status.js';
import { RateExceeded } from './rate-exceeded.js';

/** Where the API serves the pages of problems, one for each code. */
export const ERRORS_PATH = '/errors';

/** draft-ietf-httpapi-ratelimit-headers-10, section 6.1. */
const QUOTA_EXCEEDED = 'https://iana.org/assignments/http-problem-types#quota-exceeded';

/** Body of every error response (RFC 9457). */
export const problemSchema = z
  .strictObject({
    type: z
      .string()
      .describe(
        'URL of the page that documents the problem, relative to the API if the installation does not set its address; ' +
          'of a problem type that is registered with IANA, its URL there.',
      )
      .meta({ format: 'uri-reference' }),
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
        type: `${ERRORS_PATH}/request.invalid`,
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

/** The request that failed. */
interface FailedRequest {
  path: string;
  id: string;
  /** Address of the API that clients use, without a slash at its end; empty if it is not known. */
  publicUrl: string;
}

/** Builds the problem for an error of a request. */
export function problemOf(error: DomainError, request: FailedRequest): Problem {
  const code: ProblemCode = error.code;
  return {
    type: code === 'request.rate_limited' ? QUOTA_EXCEEDED : `${request.publicUrl}${ERRORS_PATH}/${code}`,
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
