import { DomainError } from '#problems';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';

import { entityTags } from './entity-tags.js';
import { revisionsOf } from './if-match.js';

/** A resource as it is before the request; null: there is none. */
export type Existing = { id: string; revision: number } | null;

/** Checks what a request requires of a resource that it creates or changes. @throws `precondition.failed` */
export type Demand = (existing: Existing) => void;

/**
 * Injects what `If-Match` and `If-None-Match: *` require, for a resource whose id the path does not have (RFC 9110,
 * section 13.1): to change it only, or to create it only.
 */
export const Preconditions = createParamDecorator((_: unknown, context: ExecutionContext): Demand => {
  const { 'if-match': match, 'if-none-match': noneMatch } = context.switchToHttp().getRequest<FastifyRequest>().headers;
  return (existing) => {
    if (existing === null) {
      if (match === undefined) return;
      throw new DomainError('precondition.failed', 'If-Match requires a resource, and there is none.');
    }
    if (noneMatch !== undefined && entityTags(noneMatch) === '*') {
      throw new DomainError(
        'precondition.failed',
        'If-None-Match requires that there is no such resource, and there is one.',
      );
    }
    const revisions = match === undefined ? null : revisionsOf(match, existing.id);
    if (revisions === null || revisions.includes(existing.revision)) return;
    throw new DomainError(
      'precondition.failed',
      'The resource has changed since the ETag in If-Match was read. Read it again.',
    );
  };
});
