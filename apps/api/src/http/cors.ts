import { type NestFastifyApplication } from '@nestjs/platform-fastify';

type CorsOptions = NonNullable<Parameters<NestFastifyApplication['enableCors']>[0]>;

/** How long browsers remember the answer to a preflight; Chromium does not longer than two hours. */
const REMEMBERED_SECONDS = 7_200;

/**
 * Lets pages of other origins call the API with a key (CORS, Fetch standard). Credentials of browsers, such as cookies,
 * are never used, so a page can only do what its key can. `OPTIONS` is answered where it is for everybody.
 * @param origins that may
 */
export function corsOptions(origins: readonly string[]): CorsOptions {
  return {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      ...['Authorization', 'X-API-Key', 'Content-Type', 'Idempotency-Key', 'If-Match', 'If-None-Match'],
      ...['If-Preview-Match', 'Last-Event-ID', 'Prefer', 'X-Request-Id'],
    ],
    exposedHeaders: [
      ...['ETag', 'Location', 'Retry-After', 'Idempotency-Replayed', 'Preference-Applied', 'Preview-Match'],
      ...['X-Request-Id', 'Allow'],
    ],
    maxAge: REMEMBERED_SECONDS,
    strictPreflight: false,
    preflightContinue: true,
  };
}
