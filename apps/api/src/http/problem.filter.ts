import { classify, DomainError } from '#problems';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';

import { problemOf } from './problem.schema.js';
import { RateExceeded } from './rate-exceeded.js';

/** Maps every error of a request to a problem (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const domainError = asDomainError(error, request);
    const [path = request.url] = request.url.split('?');
    const problem = problemOf(domainError, { path, id: request.id });
    if (problem.status >= 500) this.logger.error({ err: error, requestId: request.id }, 'request failed');
    if (problem.status === 401) reply.header('www-authenticate', challenge(domainError, request));
    if (domainError instanceof RateExceeded) reply.header('retry-after', String(domainError.retryAfterSeconds));
    if (problem.status === 503) reply.header('retry-after', '5');
    void reply.status(problem.status).type('application/problem+json').send(problem);
  }
}

/** Returns the challenge of RFC 6750, section 3: what is wrong with a credential, if one was sent. */
function challenge({ message }: DomainError, { headers }: FastifyRequest): string {
  const realm = 'Bearer realm="bulkhead"';
  if (headers.authorization === undefined) return realm;
  const description = message.replaceAll(/[^\x20-\x7e]|["\\]/g, "'");
  return `${realm}, error="invalid_token", error_description="${description}"`;
}

/** Details of failures that pass, by their names in the table of failures. */
const unavailable: ReadonlyMap<string, string> = new Map([
  ['database-unavailable', 'The database cannot be reached. Nothing was changed.'],
  ['statement-timeout', 'The database took too long. Repeat the request, with the same Idempotency-Key if it had one.'],
  ['transaction-conflict', 'Another change was made at the same moment. Nothing was changed; repeat the request.'],
]);

function asDomainError(error: unknown, request: FastifyRequest): DomainError {
  if (error instanceof DomainError) return error;
  const failure = classify(error);
  if (failure.class === 'passing') {
    const detail = unavailable.get(failure.name) ?? 'A part of the service does not respond; retry later.';
    return new DomainError('service.unavailable', detail, { cause: error });
  }
  if (failure.name === 'text-unstorable') {
    return new DomainError('request.invalid', 'A string contains a NUL character or an unpaired surrogate.');
  }
  // Nest turns errors of Fastify's body parser, which runs before routing, into HttpExceptions.
  switch (error instanceof HttpException ? error.getStatus() : 500) {
    case 400:
      return new DomainError('request.malformed', 'The request body is empty or cannot be parsed.', { cause: error });
    case 404:
      return new DomainError('route.not_found', `No route matches ${request.method} ${request.url}.`);
    case 413:
      return new DomainError('request.too_large', 'The request body is larger than the API accepts.');
    case 415:
      return new DomainError('request.unsupported_media_type', 'Send the body as application/json.');
    case 503:
      return new DomainError('service.unavailable', 'A part of the service does not respond; retry later.', {
        cause: error,
      });
    default:
      return new DomainError('internal.error', 'Internal error. Quote the request id when you report it.');
  }
}
