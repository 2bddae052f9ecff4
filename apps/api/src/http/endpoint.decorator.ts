import { type Permission } from '#access';
import { type ProblemCode, problemTitles } from '#problems';
import { applyDecorators, HttpCode, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiSecurity } from '@nestjs/swagger';
import { type z } from 'zod';

import { problemStatus } from './problem-status.js';
import { problemSchema } from './problem.schema.js';

export interface EndpointOptions {
  summary: string;
  description?: string;
  /** What the caller must be allowed; `none` lets everybody in. A route that says neither does not boot. */
  permission: Permission | 'none';
  /** Query parameters that need one more permission. */
  queryPermissions?: Readonly<Record<string, Permission>>;
  ok: { status: 200 | 201 | 202; schema: z.ZodType; description: string; headers?: Record<string, string> };
  /** Problems of this endpoint, beyond those that every endpoint can answer with. */
  fails?: readonly ProblemCode[];
  /** POST endpoints accept `Idempotency-Key`. */
  idempotent?: boolean;
  /** A request that is not a GET and changes nothing, so that it is in no transaction and not in the audit log. */
  changesNothing?: boolean;
  /** Accepts `If-Match`. */
  conditional?: boolean;
}

export const ENDPOINT = Symbol('endpoint');

/** Everything that is said about one route: its permission, its answers, its documentation. */
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
  );
}

const idempotencyHeader = ApiHeader({
  name: 'Idempotency-Key',
  required: false,
  description:
    'Sent again with the same body within seven days, the request is answered as the first time and changes nothing.',
});

const ifMatchHeader = ApiHeader({
  name: 'If-Match',
  required: false,
  description: 'The ETag that was read; 412 when the resource has changed since.',
});

/** One documented answer a status, which names the codes. */
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
