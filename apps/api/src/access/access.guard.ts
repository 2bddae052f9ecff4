import { allows, type Caller, type Permission, type Principal } from '#access';
import { DomainError } from '#problems';
import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { AuthGuard } from '@nestjs/passport';
import { type FastifyReply, type FastifyRequest } from 'fastify';

import { ENDPOINT, type EndpointOptions } from '../http/endpoint.decorator.js';
import { FailedLogins } from '../limits/failed-logins.js';
import { AcceptedInvitations } from './accepted-invitations.js';
import { credentialIn, CREDENTIAL_STRATEGY } from './credential.strategy.js';
import { lacking } from './lacking.js';
import { ReachGuard } from './reach.guard.js';

type AuthenticatedRequest = Pick<FastifyRequest, 'query' | 'body'> & { user: Principal };

const WRONG_CREDENTIAL: ReadonlySet<string> = new Set(['auth.unauthenticated', 'auth.token_invalid']);

/** Authenticates and authorizes every request. A route without a declared permission is closed. */
@Injectable()
export class AccessGuard extends AuthGuard(CREDENTIAL_STRATEGY) {
  constructor(
    private readonly reflector: Reflector,
    private readonly reach: ReachGuard,
    private readonly accepted: AcceptedInvitations,
    private readonly logins: FailedLogins,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const endpoint = this.reflector.get<EndpointOptions | undefined>(ENDPOINT, context.getHandler());
    if (endpoint?.permission === 'none') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest & { user?: Caller | Principal }>();
    if (request.user === undefined) await this.authenticate(request, http.getResponse<FastifyReply>());
    if (request.user === undefined) throw new Error('a guard let a request without a caller pass');
    const caller = await this.accepted.of(request.user, request);
    const { externalId, id = externalId ?? '' } = request.params as { id?: string; externalId?: string };
    const { permission = 'none', reach = 'platform' } = endpoint ?? {};
    // First, so that a caller never learns which tenants of others exist.
    const user = await this.reach.actingOn(caller, { permission, reach, id });
    request.user = user;
    const missing = missingPermissions(endpoint, { user, query: request.query, body: request.body });
    if (missing.length === 0) return true;
    throw lacking(user, missing);
  }

  /**
   * Authenticates a request by its headers, before its body is read.
   * @throws RateExceeded, and what is wrong with the credential
   */
  async authenticate(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { headers, ip } = request;
    const credential = credentialIn(headers);
    if (credential !== null) this.logins.refuseBlocked(ip, credential);
    try {
      await super.canActivate(new ExecutionContextHost([request, reply]));
    } catch (error) {
      const isWrong = error instanceof DomainError && WRONG_CREDENTIAL.has(error.code);
      if (credential !== null && isWrong) await this.logins.noteFailure(ip, credential);
      throw error;
    }
    if (credential !== null) this.logins.noteSuccess(ip, credential);
  }

  override handleRequest<T>(error: unknown, user: T | false | null): T {
    if (error instanceof Error) throw error;
    if (user === false || user === null) {
      throw new DomainError(
        'auth.unauthenticated',
        'Send a valid API key or token as "Authorization: Bearer …", or an API key as "X-API-Key".',
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
    ...(permission === 'authenticated' ? [] : [[permission].flat()]),
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
