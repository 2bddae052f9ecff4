import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

import { declaredEndpoints } from './endpoints.js';
import { type Components, Description, type Operation } from './description.js';
import { introduction, tags } from './tags.js';

/** The OpenAPI document of the API. */
export interface Contract extends Omit<OpenAPIObject, 'paths' | 'components'> {
  paths: Record<string, Record<string, Operation>>;
  components: Components & { securitySchemes: Record<string, object> };
}

interface Route {
  path: string;
  method: string;
  operation: Operation;
}

/**
 * Describes the API in OpenAPI 3.1. Nest knows the routes and their tags; everything about their content comes from the
 * declarations of the endpoints and their zod schemas.
 */
export function contractOf(app: INestApplication): Contract {
  const document = SwaggerModule.createDocument(app, base(), {
    // Nest would convert every schema once more, for an older version of OpenAPI.
    standardSchemaConverter: () => ({ schema: {} }),
    autoTagControllers: false,
  });
  const endpoints = declaredEndpoints(app);
  const description = new Description();
  const routes = Object.entries(document.paths as Contract['paths']).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, tags: groups }]): Route => {
      const endpoint = endpoints.get(operationId);
      if (endpoint === undefined) throw new Error(`${method} ${path} has no @Endpoint.`);
      const operation = description.of(endpoint, { path, method, tags: groups });
      return { path, method, operation };
    }),
  );
  const components = description.complete(routes.map(({ operation }) => operation));
  const securitySchemes = document.components?.securitySchemes as Record<string, object>;
  const security = Object.keys(securitySchemes).map((name) => ({ [name]: [] }));
  return { ...document, security, paths: ordered(routes), components: { ...components, securitySchemes } };
}

function base(): Omit<OpenAPIObject, 'paths'> {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Bulkhead')
    .setDescription(introduction)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'opaque', description: 'An API key: `bhk_…`' })
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key: `bhk_…`' }, 'apiKey');
  for (const [name, description] of Object.entries(tags)) builder.addTag(name, description);
  const { info, ...rest } = builder.build();
  return { ...rest, info: { ...info, contact: { name: 'Bulkhead', url: 'https://bulkhead.io' } }, servers: [server] };
}

/** The document is served by every installation, whatever its address, so its server is the one that serves it. */
const server = {
  url: '/',
  description: 'The installation that serves this document, be it for production or development.',
  'x-internal': false,
};

/** Orders paths by their tag and then by their text, so that a collection stands before its members. */
function ordered(routes: readonly Route[]): Contract['paths'] {
  const methods = ['post', 'get', 'put', 'patch', 'delete'];
  const names = Object.keys(tags);
  const byPath = Map.groupBy(routes, ({ path }) => path);
  const rank = (path: string): string => {
    const [first] = byPath.get(path) ?? [];
    const tag = String(names.indexOf(first?.operation.tags[0] ?? '')).padStart(2, '0');
    return `${tag} ${path.startsWith('/v1/') ? 0 : 1} ${path}`;
  };
  const paths = [...byPath.keys()].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  return Object.fromEntries(
    paths.map((path) => {
      const all = [...(byPath.get(path) ?? [])].sort((a, b) => methods.indexOf(a.method) - methods.indexOf(b.method));
      return [path, Object.fromEntries(all.map(({ method, operation }) => [method, operation]))];
    }),
  );
}
