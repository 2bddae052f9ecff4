import { DomainError } from '#problems';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';

import { revisionIn } from './answer.js';
import { entityTags } from './entity-tags.js';

/**
 * Injects the revisions of which `If-Match` requires one; null if any will do. The argument names the path parameter of
 * the resource, by default `id`.
 * @throws `precondition.failed` if no tag belongs to the resource
 */
export const IfMatch = createParamDecorator((parameter: 'name' | undefined, context: ExecutionContext) =>
  demandedRevisions(context, parameter),
);

/** Returns the revisions of which `If-Match` requires one of the resource in a path parameter. */
export function demandedRevisions(
  context: ExecutionContext,
  parameter: 'id' | 'name' | 'rule' = 'id',
): readonly number[] | null {
  const { headers, params } = context.switchToHttp().getRequest<FastifyRequest<{ Params: Record<string, string> }>>();
  const { 'if-match': header } = headers;
  return header === undefined ? null : revisionsOf(header, params[parameter] ?? '');
}

/**
 * Returns the revisions of a resource that a header `If-Match` names; null for `*`. Weak tags never match (RFC 9110,
 * section 13.1.1).
 * @throws `precondition.failed` if it names none
 */
export function revisionsOf(header: string, id: string): readonly number[] | null {
  const tags = entityTags(header);
  if (tags === '*') return null;
  const revisions = (tags ?? []).flatMap((tag) => (tag.weak ? [] : (revisionIn(tag.opaque, id) ?? [])));
  if (revisions.length > 0) return revisions;
  throw new DomainError('precondition.failed', 'The ETag in If-Match does not belong to this resource.');
}
