import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';

import { loadIssuers } from '#access';
import { type Config } from '#config';
import { DomainError } from '#problems';
import compress from '@fastify/compress';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Logger, PinoLogger } from 'nestjs-pino';

import { ApiModule } from './api.module.js';
import { serveContract } from './contract/served.js';
import { unwrapAnswer } from './http/answer.js';
import { problemOf } from './http/problem.schema.js';
import { parseBodies } from './http/request-body.js';
import { logWhenOver } from './http/request-log.js';
import { countRequest } from './http/request-metrics.js';
import { RequestValidation } from './http/validation.js';

/** Maximum request body; a plan with many workloads is far smaller. */
const BODY_LIMIT_BYTES = 512 * 1024;

/** Bytes of a response from which on it is compressed: less would cost more time than it saves. */
const SMALLEST_COMPRESSED = 4_096;

/** Characters of a path parameter, percent-encoded: a user name of 253 characters may take three times as many. */
const LONGEST_PARAMETER = 1_000;

/**
 * Builds the API application without listening.
 * @throws ConfigError if the file of issuers is invalid
 */
export async function createApplication(config: Config): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: config.http.trustedProxies.length > 0 ? [...config.http.trustedProxies] : false,
    requestIdHeader: false,
    genReqId: ({ headers }: IncomingMessage) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && /^[\w.-]{1,128}$/.test(given) ? given : randomUUID();
    },
    forceCloseConnections: 'idle',
    // Fastify's default is less than the longest host or user name.
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    frameworkErrors: refuseUnroutable,
  });
  const issuers = loadIssuers(config.http.issuersFile);
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.forRoot(config, issuers), adapter, {
    bufferLogs: true,
    // Fastify parses JSON itself; the API has no forms.
    bodyParser: false,
  });
  app.useLogger(app.get(Logger));
  app.useGlobalPipes(new RequestValidation());
  // Only gzip, which every client knows and which costs the least time; event streams stay as they are. Requests are not
  // decompressed: a few bytes would become as many as the sender likes.
  await app.register(compress, { encodings: ['gzip'], threshold: SMALLEST_COMPRESSED, globalDecompression: false });
  const fastify = adapter.getInstance<FastifyInstance>();
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
  parseBodies(fastify);
  serveContract(app, issuers);
  app.enableShutdownHooks();
  return app;
}

/** Answers what the router refuses before any filter sees it: a path that cannot be decoded, or a part that is too long. */
function refuseUnroutable({ code }: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const [path = request.url] = request.url.split('?');
  const refusal =
    code === 'FST_ERR_MAX_PARAM_LENGTH'
      ? new DomainError('route.not_found', `A part of the path is longer than ${LONGEST_PARAMETER} characters.`)
      : new DomainError('request.malformed', 'The path is not validly percent-encoded (RFC 3986).');
  const problem = problemOf(refusal, { path, id: request.id });
  void reply.status(problem.status).type('application/problem+json').send(problem);
}
