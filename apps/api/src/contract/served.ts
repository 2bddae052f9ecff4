import { type INestApplication } from '@nestjs/common';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

import { contractOf } from './document.js';

/** Serves Swagger UI at `/docs` and the document at `/openapi.json`. */
export function serveContract(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => contractOf(app) as unknown as OpenAPIObject, {
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Bulkhead API',
    swaggerOptions: { persistAuthorization: true, tryItOutEnabled: true },
  });
}
