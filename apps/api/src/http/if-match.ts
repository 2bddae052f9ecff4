import { DomainError } from '#problems';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';

/**
 * The revision that `If-Match` demands of what the path names; null when anything will do. Without an argument that is
 * the tenant.
 * @throws `precondition.failed` for an ETag that no revision of the resource has.
 */
export const IfMatch = createParamDecorator((parameter: 'name' | undefined, context: ExecutionContext) =>
  demandedRevision(context, parameter),
);

/** As the parameter says. */
export function demandedRevision(context: ExecutionContext, parameter: 'id' | 'name' = 'id'): number | null {
  const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: Record<string, string> }>>();
  const header = request.headers['if-match'];
  if (header === undefined || header.trim() === '*') return null;
  const [, id, revision] = /^"(.+)\.(\d+)"$/.exec(header.trim()) ?? [];
  if (id === request.params[parameter] && revision !== undefined) return Number(revision);
  throw new DomainError('precondition.failed', 'The ETag in If-Match is not one of this resource.');
}
