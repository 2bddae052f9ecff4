import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
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
