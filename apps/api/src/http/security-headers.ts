import { type FastifyInstance } from 'fastify';

/**
 * What Swagger UI needs: its own files, and styles that it writes into the page. Requests go to the API that serves it.
 */
const SWAGGER_UI = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Everything else is no page, or brings a policy of its own. */
const NO_PAGE = "default-src 'none'; frame-ancestors 'none'";

/** Sets the headers that keep browsers from guessing types, framing pages and running what does not belong to them. */
export function setSecurityHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const isSwaggerUi = /^\/docs(?:[/?]|$)/.test(request.url);
    void reply.headers({
      'content-security-policy': isSwaggerUi ? SWAGGER_UI : NO_PAGE,
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    done();
  });
}
