import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';

import { demandedRevision } from './if-match.js';

/** The target of a change: the id in the path and the preconditions in the headers. Null accepts anything. */
export interface ChangeTarget {
  id: string;
  /** From `If-Match`. */
  revision: number | null;
  /** From `If-Preview-Match`: the unquoted token of a preview. */
  preview: string | null;
}

/** Injects the target of a change that accepts `If-Match` and `If-Preview-Match`. */
export const Target = createParamDecorator((_: unknown, context: ExecutionContext): ChangeTarget => {
  const { params, headers } = context.switchToHttp().getRequest<FastifyRequest<{ Params: { id: string } }>>();
  const token = headers['if-preview-match'];
  // A repeated header is a list, which matches no token.
  const preview =
    token === undefined
      ? null
      : String(token)
          .trim()
          .replace(/^"(.*)"$/, '$1');
  return { id: params.id, revision: demandedRevision(context), preview };
});

/** Documents `If-Preview-Match`. */
export const previewConditional = ApiHeader({
  name: 'If-Preview-Match',
  required: false,
  description:
    'The quoted token of a preview; 412 unless this is exactly the previewed change: the same body on the same ' +
    'generation of the tenant, resulting in the same plan version. It does not cover the cluster, which can have ' +
    'changed since.',
});
