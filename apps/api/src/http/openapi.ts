import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

import { operationIdOf } from './operation-id.js';

const description = `Control plane for tenants on Kubernetes.

Click **Authorize**, enter an API key, then try any request. A change to a tenant returns \`202\` with its operation in
\`Location\`; \`GET /v1/operations/{id}?wait=30\` returns once the cluster matches. With \`Prefer: wait=30\` the change
itself returns then, with the operation in its body.`;

/** Builds the OpenAPI 3.1 document of the API. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Bulkhead')
    .setDescription(description)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key: `bhk_…`' })
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'apiKey')
    .addTag('tenants', 'Customers and their objects in the cluster.')
    .addTag('plans', 'What tenants buy: quota, network, mesh and security.')
    .addTag('operations', 'Requested changes and their progress.')
    .addTag('rollouts', 'Move the tenants of a plan to another version of it.')
    .addTag('audit', 'Who changed what, with proof that the log is intact.')
    .addTag('health', 'Probes.')
    .build();
  return SwaggerModule.createDocument(app, config, {
    operationIdFactory: operationIdOf,
  });
}

/** Serves Swagger UI at `/docs` and the document at `/openapi.json`. */
export function serveOpenApi(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Bulkhead API',
    swaggerOptions: { persistAuthorization: true, tryItOutEnabled: true },
  });
}
