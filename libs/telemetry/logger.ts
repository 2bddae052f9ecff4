import { type IncomingMessage } from 'node:http';

import { type LoggerOptions } from 'pino';
import { type Options as HttpLoggerOptions } from 'pino-http';

/** Paths whose values never reach a log line. */
const secretPaths = [
  'req.headers.authorization',
  'req.headers["x-api-key"]',
  'req.headers.cookie',
  'res.headers["set-cookie"]',
  '*.password',
  '*.secret',
  '*.token',
];

/**
 * Options of every logger of the product: JSON lines on standard output, time as ISO 8601, secrets removed.
 * @param service name of the process, on every line.
 */
export function loggerOptions(service: string, level: string): LoggerOptions {
  return {
    level,
    base: { service },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: secretPaths, censor: '[removed]' },
  };
}

const isProbe = (url = ''): boolean => url.startsWith('/health/');

/** Options of the logger of an HTTP service: one line a request, without headers or bodies; probes are left out. */
export function httpLoggerOptions(service: string, level: string): HttpLoggerOptions {
  return {
    ...loggerOptions(service, level),
    // Fastify's middleware cuts `url`; `originalUrl` is whole.
    autoLogging: { ignore: (request: IncomingMessage & { originalUrl?: string }) => isProbe(request.originalUrl) },
    customLogLevel: (_request, response) => (response.statusCode >= 500 ? 'error' : 'info'),
    quietReqLogger: true,
    serializers: {
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({ id, method, url }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
  };
}
