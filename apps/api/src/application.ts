import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';

import { type Config } from '#config';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger, PinoLogger } from 'nestjs-pino';

import { ApiModule } from './api.module.js';
import { unwrapAnswer } from './http/answer.js';
import { serveOpenApi } from './http/openapi.js';
import { logWhenOver } from './http/request-log.js';
import { countRequest } from './http/request-metrics.js';
import { validationPipe } from './http/validation.js';

/** Maximum request body; a plan with many workloads is far smaller. */
const BODY_LIMIT_BYTES = 512 * 1024;

/** Builds the API application without listening. */
export async function createApplication(config: Config): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    requestIdHeader: false,
    genReqId: ({ headers }: IncomingMessage) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && /^[\w.-]{1,128}$/.test(given) ? given : randomUUID();
    },
    forceCloseConnections: 'idle',
  });
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.forRoot(config), adapter, {
    bufferLogs: true,
    // Fastify parses JSON itself; the API has no forms.
    bodyParser: false,
  });
  app.useLogger(app.get(Logger));
  app.useGlobalPipes(validationPipe());
  const fastify = adapter.getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    logWhenOver(PinoLogger.root, request, reply);
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    countRequest(request, reply);
    done();
  });
  fastify.addHook('preSerialization', (request, reply, payload, done) => {
    done(null, unwrapAnswer(request, reply, payload));
  });
  fastify.removeContentTypeParser('text/plain');
  // RFC 7396 defines a separate media type for merge patches.
  fastify.addContentTypeParser(
    'application/merge-patch+json',
    { parseAs: 'string' },
    fastify.getDefaultJsonParser('error', 'error'),
  );
  serveOpenApi(app);
  app.enableShutdownHooks();
  return app;
}
