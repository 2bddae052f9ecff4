import { type Principal } from '#access';
import { type CanActivate, type ExecutionContext, Injectable, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { Reflector } from '@nestjs/core';
import { type FastifyReply, type FastifyRequest } from 'fastify';

import { ENDPOINT, type EndpointOptions } from '../http/endpoint.decorator.js';
import { RateExceeded } from '../http/rate-exceeded.js';
import { type RateClass, RateLimits, type RateState, WINDOW_SECONDS } from './rate-limits.js';

/** What each class is called to a caller. */
const nouns = {
  create: 'creations',
  change: 'changes',
  read: 'reads',
  login: 'failed logins',
} as const satisfies Record<RateClass, string>;

/** Limits the requests of each authenticated caller. */
@Injectable()
export class RateGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly limits: RateLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const handler = context.getHandler();
    const endpoint = this.reflector.get<EndpointOptions | undefined>(ENDPOINT, handler);
    const { user } = context.switchToHttp().getRequest<FastifyRequest & { user?: Principal }>();
    if (endpoint === undefined || user === undefined) return true;
    const isRead = this.reflector.get<RequestMethod>(METHOD_METADATA, handler) === RequestMethod.GET;
    const changes = endpoint.idempotent === true ? 'create' : 'change';
    const state = await this.limits.take(isRead ? 'read' : changes, user.id);
    if (state === null) return true;
    tell(context.switchToHttp().getResponse<FastifyReply>(), state);
    if (!state.isExceeded) return true;
    throw exceeded(state, `The caller ${user.id}`);
  }
}

/** Tells the client what is left (draft-ietf-httpapi-ratelimit-headers-10). */
function tell(reply: FastifyReply, { policy, limit, remaining, resetSeconds }: RateState): void {
  void reply.header('ratelimit-policy', `"${policy}";q=${limit};w=${WINDOW_SECONDS}`);
  void reply.header('ratelimit', `"${policy}";r=${remaining};t=${resetSeconds}`);
}

/** @param who sent too much, as the start of a sentence */
export function exceeded({ policy, limit, resetSeconds }: RateState, who: string): RateExceeded {
  const detail = `${who} has made more than ${limit} ${nouns[policy]} in a minute. Try again in ${resetSeconds} s.`;
  return new RateExceeded(detail, policy, resetSeconds);
}
