import { DomainError } from '#problems';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import { type AllowedMethods } from './allowed-methods.js';
import { sendProblem } from './send-problem.js';

/** Longest path with query that is served: a page's cursor, filters and an external id have room several times over. */
const LONGEST_URL = 8_192;

/** Authenticates a request by its headers. */
export type Authenticate = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/**
 * Answers what needs no body before any is read: URLs that are too long, `OPTIONS`, paths and methods that do not exist,
 * and callers without a valid credential, who could otherwise make the API read and parse what they like.
 */
export function answerBeforeBody(fastify: FastifyInstance, allowed: AllowedMethods, authenticate: Authenticate): void {
  fastify.addHook('onRequest', async (request, reply) => {
    const { method, url, is404, routeOptions } = request;
    const isLong = url.length > LONGEST_URL;
    if (isLong || is404 || method === 'OPTIONS') {
      const methods = isLong ? [] : allowedFor(url, allowed);
      if (methods.length > 0) void reply.header('allow', methods.join(', '));
      const refusal = isLong ? tooLong() : refusalOf(request, methods);
      if (refusal === null) void reply.status(204).header('content-length', '0').send();
      else sendProblem(request, reply, refusal);
      return reply;
    }
    if (routeOptions.config.authenticated === true) await authenticate(request, reply);
    return undefined;
  });
}

/** `OPTIONS *` asks about the server as a whole (RFC 9110, section 9.3.7). */
function allowedFor(url: string, allowed: AllowedMethods): string[] {
  return url === '*' ? ['OPTIONS'] : allowed.of(url);
}

function tooLong(): DomainError {
  return new DomainError('request.uri_too_long', `The URL is longer than ${LONGEST_URL} characters.`);
}

function refusalOf({ method, url }: FastifyRequest, methods: readonly string[]): DomainError | null {
  if (methods.length === 0) return new DomainError('route.not_found', `No route matches ${method} ${url}.`);
  if (method === 'OPTIONS') return null;
  return new DomainError('route.method_not_allowed', `${url} has no ${method}, only ${methods.join(', ')}.`);
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether callers need a credential. */
    authenticated?: boolean;
  }
}
