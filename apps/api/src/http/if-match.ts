import { DomainError } from '#problems';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';

/**
 * Injects the revision that `If-Match` requires; null if any will do. The argument names the path parameter of the
 * resource, by default `id`.
 * @throws `precondition.failed` for an ETag of another resource.
 */
export const IfMatch = createParamDecorator((parameter: 'name' | undefined, context: ExecutionContext) =>
  demandedRevision(context, parameter),
);

/** Returns the revision that `If-Match` requires of the resource in a path parameter. */
export function demandedRevision(context: ExecutionContext, parameter: 'id' | 'name' | 'rule' = 'id'): number | null {
  const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: Record<string, string> }>>();
  const header = request.headers['if-match'];
  if (header === undefined || header.trim() === '*') return null;
  const [, id, revision] = /^"(.+)\.(\d+)"$/.exec(header.trim()) ?? [];
  if (id === request.params[parameter] && revision !== undefined) return Number(revision);
  throw new DomainError('precondition.failed', 'The ETag in If-Match does not belong to this resource.');
}
