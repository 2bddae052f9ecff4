import { type DomainError } from '#problems';
import { type FastifyReply, type FastifyRequest } from 'fastify';

import { type Problem, problemOf } from './problem.schema.js';
import { RateExceeded } from './rate-exceeded.js';

/** Answers a request with a problem (RFC 9457), and returns it. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: DomainError): Problem {
  const [path = request.url] = request.url.split('?');
  const problem = problemOf(error, { path, id: request.id, publicUrl: request.server.publicUrl });
  if (problem.status === 401) void reply.header('www-authenticate', challenge(error, request));
  if (error instanceof RateExceeded) void reply.header('retry-after', String(error.retryAfterSeconds));
  if (problem.status === 503) void reply.header('retry-after', '5');
  void reply.status(problem.status).type('application/problem+json').send(problem);
  return problem;
}

/** Returns the challenge of RFC 6750, section 3: what is wrong with a credential, if one was sent. */
function challenge({ message }: DomainError, { headers }: FastifyRequest): string {
  const realm = 'Bearer realm="bulkhead"';
  if (headers.authorization === undefined) return realm;
  const description = message.replaceAll(/[^\x20-\x7e]|["\\]/g, "'");
  return `${realm}, error="invalid_token", error_description="${description}"`;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Address of the API that clients use, without a slash at its end; empty if it is not known. */
    publicUrl: string;
  }
}
