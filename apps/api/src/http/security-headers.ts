import { type FastifyInstance } from 'fastify';

/**
 * What Swagger UI needs: its own files, and styles that it writes into the page. Requests go to the API that serves it, and
 * to the issuer where people log in.
 */
function swaggerUiPolicy(tokenOrigins: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src ${["'self'", ...tokenOrigins].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Everything else is no page, or brings a policy of its own. */
const NO_PAGE = "default-src 'none'; frame-ancestors 'none'";

/**
 * Sets the headers that keep browsers from guessing types, framing pages and running what does not belong to them.
 * @param tokenUrls where Swagger UI gets tokens of people
 */
export function setSecurityHeaders(fastify: FastifyInstance, tokenUrls: readonly string[]): void {
  const swaggerUi = swaggerUiPolicy(tokenUrls.map((url) => new URL(url).origin));
  fastify.addHook('onRequest', (request, reply, done) => {
    const isSwaggerUi = /^\/docs(?:[/?]|$)/.test(request.url);
    void reply.headers({
      'content-security-policy': isSwaggerUi ? swaggerUi : NO_PAGE,
      'cross-origin-opener-policy': isSwaggerUi && tokenUrls.length > 0 ? openerPolicy(request.url) : 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    done();
  });
}

/**
 * The page opens a window in which people log in. At the end of that, the window is sent back here and hands the code to the
 * page, which it would not know any more if it had a policy of its own.
 */
function openerPolicy(url: string): string {
  return url.startsWith('/docs/oauth2-redirect.html') ? 'unsafe-none' : 'same-origin-allow-popups';
}
