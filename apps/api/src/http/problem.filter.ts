import { isConnectionFailure } from '#persistence';
import { DomainError } from '#problems';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';

import { problemOf } from './problem.schema.js';

/** Turns everything that is thrown while answering a request into a problem (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const domainError = asDomainError(error, request);
    const [path = request.url] = request.url.split('?');
    const problem = problemOf(domainError, { path, id: request.id });
    if (problem.status >= 500) this.logger.error({ err: error, requestId: request.id }, 'a request failed');
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="bulkhead"');
    if (problem.status === 503) reply.header('retry-after', '5');
    void reply.status(problem.status).type('application/problem+json').send(problem);
  }
}

function asDomainError(error: unknown, request: FastifyRequest): DomainError {
  if (error instanceof DomainError) return error;
  const parser = parserProblem(error);
  if (parser !== null) return parser;
  if (error instanceof HttpException && error.getStatus() === 404) {
    return new DomainError('route.not_found', `There is nothing at ${request.method} ${request.url}.`, {
      cause: error,
    });
  }
  if (error instanceof HttpException && error.getStatus() === 503) {
    return new DomainError('service.unavailable', 'A part of the service does not answer.', { cause: error });
  }
  if (isConnectionFailure(error)) {
    return new DomainError('service.unavailable', 'The database cannot be reached. Nothing was changed.', {
      cause: error,
    });
  }
  return new DomainError('internal.error', 'The request failed for a reason of our own. It is in our log.', {
    cause: error,
  });
}

/** Errors of Fastify's body parser, which come before any route. */
function parserProblem(error: unknown): DomainError | null {
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || statusCode === 413) {
    return new DomainError('request.too_large', 'The request body is larger than the API accepts.');
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || statusCode === 415) {
    return new DomainError('request.unsupported_media_type', 'Send the body as application/json.');
  }
  if (error instanceof SyntaxError || statusCode === 400) {
    const detail =
      code === 'FST_ERR_CTP_EMPTY_JSON_BODY' ? 'The request body is empty.' : 'The request body cannot be parsed.';
    return new DomainError('request.malformed', detail, { cause: error });
  }
  return null;
}
