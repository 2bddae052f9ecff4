import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';

import { demandedRevisions } from './if-match.js';

/** The target of a change: the id in the path and the preconditions in the headers. Null accepts anything. */
export interface ChangeTarget {
  id: string;
  /** From `If-Match`: one of these is required. */
  revisions: readonly number[] | null;
  /** From `If-Preview-Match`: the unquoted token of a preview. */
  preview: string | null;
}

/**
 * Injects the target of a change that accepts `If-Match` and `If-Preview-Match`. The argument names the path parameter of
 * the resource, by default `id`.
 */
export const Target = createParamDecorator((name: 'rule' | undefined, context: ExecutionContext): ChangeTarget => {
  const { params } = context.switchToHttp().getRequest<FastifyRequest<{ Params: Record<string, string> }>>();
  const parameter = name ?? 'id';
  const preview = demandedPreview(context);
  return { id: params[parameter] ?? '', revisions: demandedRevisions(context, parameter), preview };
});

/** Injects the unquoted token of the preview that `If-Preview-Match` requires; null if the change need not be previewed. */
export const IfPreviewMatch = createParamDecorator((_: unknown, context: ExecutionContext) => demandedPreview(context));

function demandedPreview(context: ExecutionContext): string | null {
  const token = context.switchToHttp().getRequest<FastifyRequest>().headers['if-preview-match'];
  if (token === undefined) return null;
  // A repeated header is a list, which matches no token.
  return String(token)
    .trim()
    .replace(/^"(.*)"$/, '$1');
}
