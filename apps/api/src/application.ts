import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server } from 'node:http';

import { type Issuer, loadIssuers } from '#access';
import { type Config } from '#config';
import { DomainError } from '#problems';
import compress from '@fastify/compress';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  type FastifyError,
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { Logger, PinoLogger } from 'nestjs-pino';

import { AccessGuard } from './access/access.guard.js';
import { ApiModule } from './api.module.js';
import { serveContract } from './contract/served.js';
import { HealthController } from './health/health.controller.js';
import { AllowedMethods } from './http/allowed-methods.js';
import { unwrapAnswer } from './http/answer.js';
import { answerBeforeBody } from './http/before-body.js';
import { answerClientError } from './http/client-error.js';
import { corsOptions } from './http/cors.js';
import { serveErrorPages } from './http/error-pages.js';
import { serveLandingPage } from './http/landing-page.js';
import { parseBodies } from './http/request-body.js';
import { logWhenOver } from './http/request-log.js';
import { countRequest } from './http/request-metrics.js';
import { sendProblem } from './http/send-problem.js';
import { setSecurityHeaders } from './http/security-headers.js';
import { RequestValidation } from './http/validation.js';

/** Maximum request body; a plan with many workloads is far smaller. */
const BODY_LIMIT_BYTES = 512 * 1024;

/** Maximum size of all headers, the URL included. */
const HEADER_LIMIT_BYTES = 32 * 1024;

/** Bytes of a response from which on it is compressed: less would cost more time than it saves. */
const SMALLEST_COMPRESSED = 4_096;

/** Characters of a path parameter, percent-encoded: an external id of 200 characters may take nine times as many. */
const LONGEST_PARAMETER = 2_000;

/** How long the headers of a request may take to arrive. */
const HEADERS_MS = 20_000;

/** A connection on which nothing moves for this long is closed; event streams and waits are never silent for as long. */
const SILENT_MS = 120_000;

/**
 * Builds the API application without listening.
 * @throws ConfigError if the file of issuers is invalid
 */
export async function createApplication(config: Config): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter(serverOptions(config.http));
  const issuers = loadIssuers(config.http.issuersFile);
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.forRoot(config, issuers), adapter, {
    bufferLogs: true,
    // Fastify parses JSON itself; the API has no forms.
    bodyParser: false,
  });
  app.useLogger(app.get(Logger));
  app.useGlobalPipes(new RequestValidation());
  if (config.http.corsOrigins.length > 0) app.enableCors(corsOptions(config.http.corsOrigins));
  // Only gzip, which every client knows and which costs the least time; event streams stay as they are. Requests are not
  // decompressed: a few bytes would become as many as the sender likes.
  await app.register(compress, { encodings: ['gzip'], threshold: SMALLEST_COMPRESSED, globalDecompression: false });
  const fastify = adapter.getInstance<FastifyInstance>();
  fastify.decorate('publicUrl', config.http.publicUrl);
  addHooks(app, fastify, issuers);
  serveDocuments(app, fastify, { docs: config.http.docs, issuers });
  app.enableShutdownHooks();
  return app;
}

/** Options of Fastify and Node's server: sizes, times, and what is refused before any filter sees it. */
function serverOptions(http: Config['http']): FastifyHttpOptions<Server> {
  return {
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: http.trustedProxies.length > 0 ? [...http.trustedProxies] : false,
    requestIdHeader: false,
    genReqId: ({ headers }: IncomingMessage) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && /^[\w.-]{1,128}$/.test(given) ? given : randomUUID();
    },
    forceCloseConnections: 'idle',
    // Fastify's default is less than the longest host or user name.
    routerOptions: { maxParamLength: LONGEST_PARAMETER, ignoreTrailingSlash: true },
    frameworkErrors: refuseUnroutable,
    clientErrorHandler: (error, socket) => {
      answerClientError(http.publicUrl, error, socket);
    },
    connectionTimeout: SILENT_MS,
    keepAliveTimeout: http.keepAliveMs,
    requestTimeout: http.requestMs,
    http: {
      maxHeaderSize: HEADER_LIMIT_BYTES,
      headersTimeout: Math.min(HEADERS_MS, http.requestMs),
      // How exactly the two are kept.
      connectionsCheckingInterval: Math.min(5_000, http.requestMs / 2),
    },
  };
}

/** What is done with every request, around its route. */
function addHooks(app: NestFastifyApplication, fastify: FastifyInstance, issuers: readonly Issuer[]): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    logWhenOver(PinoLogger.root, request, reply);
    done();
  });
  setSecurityHeaders(
    fastify,
    issuers.flatMap(({ login }) => login?.tokenUrl ?? []),
  );
  const guard = app.get(AccessGuard);
  answerBeforeBody(fastify, new AllowedMethods(fastify), (request, reply) => guard.authenticate(request, reply));
  fastify.addHook('onResponse', (request, reply, done) => {
    countRequest(request, reply);
    done();
  });
  fastify.addHook('preSerialization', (request, reply, payload, done) => {
    done(null, unwrapAnswer(request, reply, payload));
  });
  parseBodies(fastify);
}

interface ServedDocuments {
  docs: Config['http']['docs'];
  issuers: readonly Issuer[];
}

function serveDocuments(
  app: NestFastifyApplication,
  fastify: FastifyInstance,
  { docs, issuers }: ServedDocuments,
): void {
  const ui = docs === 'ui';
  if (docs !== 'off') serveContract(app, { ui, issuers });
  serveErrorPages(fastify);
  const health = app.get(HealthController);
  serveLandingPage(fastify, {
    links: [
      ...(ui ? [{ href: '/docs', text: 'Swagger UI: try the API' }] : []),
      ...(docs === 'off' ? [] : [{ href: '/openapi.json', text: 'OpenAPI document' }]),
      { href: '/errors', text: 'Errors and what to do about them' },
      { href: '/health/ready', text: 'State' },
      { href: '/.well-known/bulkhead-deletion-keys.json', text: 'Keys that verify certificates' },
    ],
    isReady: () =>
      health.ready().then(
        () => true,
        () => false,
      ),
  });
}

/** Answers what the router refuses before any filter sees it: a path that cannot be decoded, or a part that is too long. */
function refuseUnroutable({ code }: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const refusal =
    code === 'FST_ERR_MAX_PARAM_LENGTH'
      ? new DomainError('route.not_found', `A part of the path is longer than ${LONGEST_PARAMETER} characters.`)
      : new DomainError('request.malformed', 'The path is not validly percent-encoded (RFC 3986).');
  sendProblem(request, reply, refusal);
}
