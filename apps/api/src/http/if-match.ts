import { DomainError } from '#problems';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';

/**
 * The revision that `If-Match` demands of the tenant in the path; null when anything will do.
 * @throws `precondition.failed` for an ETag that no revision of the resource has.
 */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext) => demandedRevision(context));

/** As the parameter says. */
export function demandedRevision(context: ExecutionContext): number | null {
  const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { id: string } }>>();
  const header = request.headers['if-match'];
  if (header === undefined || header.trim() === '*') return null;
  const [, id, revision] = /^"(.+)\.(\d+)"$/.exec(header.trim()) ?? [];
  if (id === request.params.id && revision !== undefined) return Number(revision);
  throw new DomainError('precondition.failed', 'The ETag in If-Match is not one of this resource.');
}
