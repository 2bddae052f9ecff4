import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';

const isProbe = (url: string): boolean => url.startsWith('/health/');

/**
 * Logs one line per finished request, without headers or bodies; probes are skipped. A hook, because middleware would
 * cost more than the log line itself.
 */
export function logWhenOver(logger: Logger, request: FastifyRequest, reply: FastifyReply): void {
  const { id, method, url } = request;
  if (isProbe(url)) return;
  reply.raw.once('close', () => {
    const { statusCode, writableFinished } = reply.raw;
    // The logger would serialize a field `res` as a Node response.
    const line = { req: { id, method, url }, statusCode, responseTime: Math.round(reply.elapsedTime) };
    if (statusCode >= 500) logger.error(line, 'request failed');
    else logger.info(line, writableFinished ? 'request completed' : 'request aborted');
  });
}
