import { type FastifyInstance } from 'fastify';

import { sendPage } from './html-page.js';

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
    const body = `<h1>Bulkhead</h1>
<p>Control plane for tenants on Kubernetes. This API is ${state}.</p>
<ul>
${list}
</ul>`;
    return sendPage(reply.header('cache-control', 'no-store'), { title: 'Bulkhead', body });
  });
}
