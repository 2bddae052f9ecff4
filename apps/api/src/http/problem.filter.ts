import { classify, DomainError } from '#problems';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';

import { sendProblem } from './send-problem.js';

/** Maps every error of a request to a problem (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { status } = sendProblem(request, reply, asDomainError(error, request));
    if (status >= 500) this.logger.error({ err: error, requestId: request.id }, 'request failed');
  }
}

/** Details of failures that pass, by their names in the table of failures. */
const unavailable: ReadonlyMap<string, string> = new Map([
  ['database-unavailable', 'The database cannot be reached. Nothing was changed.'],
  ['statement-timeout', 'The database took too long. Repeat the request, with the same Idempotency-Key if it had one.'],
  ['transaction-conflict', 'Another change was made at the same moment. Nothing was changed; repeat the request.'],
]);

function asDomainError(error: unknown, request: FastifyRequest): DomainError {
  if (error instanceof DomainError) return error;
  const { complete, destroyed } = request.raw;
  if (destroyed && !complete) {
    return new DomainError('request.malformed', 'The client closed the connection before the request had arrived.');
  }
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
