import { type FastifyInstance } from 'fastify';

/** Order in which methods are listed. */
const ORDER = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Knows which methods each path has, for the answers to the others. */
export class AllowedMethods {
  private readonly routes = new Map<string, { pattern: RegExp; methods: Set<string> }>();

  /** @param fastify before its routes are added */
  constructor(fastify: FastifyInstance) {
    fastify.addHook('onRoute', ({ url, method }) => {
      // That of preflights matches every path, and says nothing about what exists.
      if (url.includes('*')) return;
      const route = this.routes.get(url) ?? { pattern: patternOf(url), methods: new Set(['OPTIONS']) };
      for (const each of [method].flat()) route.methods.add(each);
      this.routes.set(url, route);
    });
  }

  /**
   * Returns the methods of a path, for `Allow` (RFC 9110, section 10.2.1); empty if there is no such path.
   * @param url with or without a query
   */
  of(url: string): string[] {
    const [path = ''] = url.split('?');
    const found = [...this.routes.values()].filter(({ pattern }) => pattern.test(path));
    const methods = new Set(found.flatMap(({ methods: each }) => [...each]));
    return ORDER.filter((method) => methods.has(method));
  }
}

/** The paths that a route with parameters matches, with or without a slash at the end. */
function patternOf(url: string): RegExp {
  const segments = url
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '[^/]+' : segment.replaceAll('.', String.raw`\.`)));
  return new RegExp(`^${segments.join('/').replace(/\/$/, '')}/?$`);
}
