import { type Permission } from '#access';
import { type ProblemCode, problemTitles } from '#problems';
import { type Operation } from '#tenancy';
import { applyDecorators, HttpCode, SetMetadata } from '@nestjs/common';
import { type ModuleRef } from '@nestjs/core';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiSecurity } from '@nestjs/swagger';
import { type z } from 'zod';

import { type Answer } from './answer.js';
import { MAX_WAIT_SECONDS } from './prefer.js';
import { problemStatus } from './problem-status.js';
import { problemSchema } from './problem.schema.js';

/**
 * Answers a change whose operation was waited for.
 * @param accepted the answer to the change, which names the operation in `Location`
 * @param operation as it is after the wait
 * @param services finds a service of the application
 */
export type AfterWait = (
  accepted: Answer<unknown>,
  operation: Operation,
  services: ModuleRef,
) => Promise<Answer<unknown>>;

export interface EndpointOptions {
  summary: string;
  description?: string;
  /** Permission that the caller needs; `none` makes the route public. Without either the API does not boot. */
  permission: Permission | 'none';
  /** Query parameters that require an additional permission. */
  queryPermissions?: Readonly<Record<string, Permission>>;
  ok: {
    status: 200 | 201 | 202;
    schema: z.ZodType;
    description: string;
    headers?: Record<string, string>;
    /** Accepts `Prefer: wait`; the answer names an operation in `Location`. */
    afterWait?: AfterWait;
  };
  /** Problems specific to this endpoint, in addition to those of every endpoint. */
  fails?: readonly ProblemCode[];
  /** Accepts `Idempotency-Key` (POST only). */
  idempotent?: boolean;
  /** Changes nothing although it is not a GET, so it needs no transaction and no entry in the audit log. */
  changesNothing?: boolean;
  /** Accepts `If-Match`. */
  conditional?: boolean;
}

export const ENDPOINT = Symbol('endpoint');

/** Declares a route: its permission, responses and documentation. */
export function Endpoint(options: EndpointOptions): MethodDecorator {
  const { summary, description, permission, ok, fails = [] } = options;
  const everywhere: ProblemCode[] = permission === 'none' ? [] : ['auth.unauthenticated', 'auth.forbidden'];
  return applyDecorators(
    SetMetadata(ENDPOINT, options),
    HttpCode(ok.status),
    ApiOperation({ summary, ...(description === undefined ? {} : { description }) }),
    ApiResponse({
      status: ok.status,
      description: ok.description,
      standardSchema: ok.schema,
      headers: Object.fromEntries(
        Object.entries(ok.headers ?? {}).map(([name, text]) => [
          name,
          { description: text, schema: { type: 'string' } },
        ]),
      ),
    }),
    ...problemResponses([...everywhere, ...fails]),
    ...(permission === 'none' ? [] : [ApiBearerAuth(), ApiSecurity('apiKey')]),
    ...(options.idempotent === true ? [idempotencyHeader] : []),
    ...(options.conditional === true ? [ifMatchHeader] : []),
    ...(ok.afterWait === undefined ? [] : [preferHeader]),
  );
}

const idempotencyHeader = ApiHeader({
  name: 'Idempotency-Key',
  required: false,
  description:
    'Repeating a request with the same key and body within seven days returns the first response and changes nothing.',
});

const ifMatchHeader = ApiHeader({
  name: 'If-Match',
  required: false,
  description: 'ETag of the resource as read; 412 if the resource has changed since.',
});

const preferHeader = ApiHeader({
  name: 'Prefer',
  required: false,
  description:
    `\`wait=30\` answers once the operation has ended, after 30 seconds at the latest; at most ${MAX_WAIT_SECONDS} ` +
    'seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ' +
    'ones are ignored.',
});

/** Documents one response per status, listing its codes. */
function problemResponses(codes: readonly ProblemCode[]): MethodDecorator[] {
  const byStatus = Map.groupBy(codes, (code) => problemStatus[code]);
  return [...byStatus].map(([status, group]) =>
    ApiResponse({
      status,
      description: group.map((code) => `\`${code}\`: ${problemTitles[code]}.`).join(' '),
      content: {
        'application/problem+json': { schema: problemSchema.toJSONSchema({ target: 'draft-2020-12' }) as object },
      },
    }),
  );
}
