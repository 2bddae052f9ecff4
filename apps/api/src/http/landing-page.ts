import { createHash } from 'node:crypto';

import { type FastifyInstance } from 'fastify';

const STYLE = 'body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}';

/** The page runs nothing and loads nothing; its only style is this one. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What the landing page shows. */
export interface LandingPage {
  links: readonly { href: string; text: string }[];
  /** Reports whether the database answers. */
  isReady: () => Promise<boolean>;
}

/** Serves `/`, for people who open the address of the API in a browser: where its documents are, and how it is. */
export function serveLandingPage(fastify: FastifyInstance, { links, isReady }: LandingPage): void {
  fastify.get('/', async (_, reply) => {
    const state = (await isReady()) ? 'ready' : 'not ready: the database does not answer';
    const list = links.map(({ href, text }) => `<li><a href="${href}">${text}</a></li>`).join('\n');
    void reply.headers({ 'content-security-policy': POLICY, 'cache-control': 'no-store' });
    return reply.type('text/html; charset=utf-8').send(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Bulkhead</title>
<style>${STYLE}</style>
<h1>Bulkhead</h1>
<p>Control plane for tenants on Kubernetes. This API is ${state}.</p>
<ul>
${list}
</ul>
`);
  });
}
