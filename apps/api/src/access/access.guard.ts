import { allows, type Permission, type Principal } from '#access';
import { DomainError } from '#problems';
import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { type FastifyRequest } from 'fastify';

import { ENDPOINT, type EndpointOptions } from '../http/endpoint.decorator.js';
import { API_KEY_STRATEGY } from './api-key.strategy.js';
import { ReachGuard } from './reach.guard.js';

type AuthenticatedRequest = FastifyRequest & { user: Principal };

/** Authenticates and authorizes every request. A route without a declared permission is closed. */
@Injectable()
export class AccessGuard extends AuthGuard(API_KEY_STRATEGY) {
  constructor(
    private readonly reflector: Reflector,
    private readonly reach: ReachGuard,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const endpoint = this.reflector.get<EndpointOptions | undefined>(ENDPOINT, context.getHandler());
    if (endpoint?.permission === 'none') return true;
    await super.canActivate(context);
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    // First, so that a caller never learns which tenants of others exist.
    await this.reach.refuseStrangers(request.user, endpoint?.reach ?? 'platform', request.params as { id?: string });
    const missing = missingPermissions(endpoint, request);
    if (missing.length === 0) return true;
    const { role } = request.user;
    const who = role === null ? 'The API key' : `The role "${role}"`;
    const what = missing.map((alternatives) => alternatives.join(' or ')).join(', ');
    throw new DomainError('auth.forbidden', `${who} does not have the permission that this request needs: ${what}.`);
  }

  override handleRequest<T>(error: unknown, user: T | false | null): T {
    if (error instanceof Error) throw error;
    if (user === false || user === null) {
      throw new DomainError(
        'auth.unauthenticated',
        'Send a valid API key as "Authorization: Bearer <key>" or "X-API-Key".',
      );
    }
    return user;
  }
}

/** Returns what the caller lacks; of each entry one permission would suffice. */
function missingPermissions(
  endpoint: EndpointOptions | undefined,
  { user, query, body }: AuthenticatedRequest,
): (readonly string[])[] {
  if (endpoint === undefined || endpoint.permission === 'none') return [['none declared']];
  const { permission, queryPermissions, bodyPermissions } = endpoint;
  const needed: (readonly Permission[])[] = [
    [permission].flat(),
    ...forMembers(query, queryPermissions),
    ...forMembers(body, bodyPermissions),
  ];
  return needed.filter((alternatives) => !alternatives.some((each) => allows(user, each)));
}

function forMembers(
  given: unknown,
  permissions: Readonly<Record<string, Permission>> | undefined,
): (readonly Permission[])[] {
  if (typeof given !== 'object' || given === null) return [];
  return Object.entries(permissions ?? {})
    .filter(([name]) => Object.hasOwn(given, name))
    .map(([, permission]) => [permission]);
}
