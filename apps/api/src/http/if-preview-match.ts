import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';

import { demandedRevision } from './if-match.js';

/** What a change is sent to: the id in the path and what the headers demand of it; null accepts anything. */
export interface ChangeTarget {
  id: string;
  /** By `If-Match`. */
  revision: number | null;
  /** By `If-Preview-Match`: the token of a preview, without its quotes. */
  preview: string | null;
}

/** The target of a change that accepts `If-Match` and `If-Preview-Match`. */
export const Target = createParamDecorator((_: unknown, context: ExecutionContext): ChangeTarget => {
  const { params, headers } = context.switchToHttp().getRequest<FastifyRequest<{ Params: { id: string } }>>();
  const token = headers['if-preview-match'];
  // Sent twice it is a list, which is the token of no preview.
  const preview =
    token === undefined
      ? null
      : String(token)
          .trim()
          .replace(/^"(.*)"$/, '$1');
  return { id: params.id, revision: demandedRevision(context), preview };
});

/** Documents the header. */
export const previewConditional = ApiHeader({
  name: 'If-Preview-Match',
  required: false,
  description:
    'The quoted token of a preview; 412 unless this is exactly the change that was previewed: the same body, on the same ' +
    'generation of the tenant, leading to the same version of the plan. It says nothing about the cluster, which others ' +
    'may have changed since.',
});
