import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';

const isProbe = (url: string): boolean => url.startsWith('/health/');

/**
 * Writes one line a request when it is over, without headers or bodies; probes are left out. A hook, because middleware
 * costs every request more than the line.
 */
export function logWhenOver(logger: Logger, request: FastifyRequest, reply: FastifyReply): void {
  const { id, method, url } = request;
  if (isProbe(url)) return;
  reply.raw.once('close', () => {
    const { statusCode, writableFinished } = reply.raw;
    // A member `res` would be taken for a response of Node, and put into the logger's own form.
    const line = { req: { id, method, url }, statusCode, responseTime: Math.round(reply.elapsedTime) };
    if (statusCode >= 500) logger.error(line, 'request failed');
    else logger.info(line, writableFinished ? 'request completed' : 'request aborted');
  });
}
