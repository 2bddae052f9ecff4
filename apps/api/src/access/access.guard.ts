import { allows, type Principal } from '#access';
import { DomainError } from '#problems';
import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';

import { ENDPOINT, type EndpointOptions } from '../http/endpoint.decorator.js';
import { API_KEY_STRATEGY } from './api-key.strategy.js';

/** Authenticates and authorizes every request. A route without a declared permission is closed. */
@Injectable()
export class AccessGuard extends AuthGuard(API_KEY_STRATEGY) {
  constructor(private readonly reflector: Reflector) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const endpoint = this.reflector.get<EndpointOptions | undefined>(ENDPOINT, context.getHandler());
    if (endpoint?.permission === 'none') return true;
    await super.canActivate(context);
    const { user, query } = context.switchToHttp().getRequest<{ user: Principal; query: Record<string, unknown> }>();
    const forQuery = Object.entries(endpoint?.queryPermissions ?? {}).filter(([name]) => name in query);
    const needed = [endpoint?.permission, ...forQuery.map(([, permission]) => permission)];
    if (needed.every((permission) => permission !== undefined && allows(user.role, permission))) return true;
    throw new DomainError('auth.forbidden', `The role "${user.role}" does not allow this request.`);
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
