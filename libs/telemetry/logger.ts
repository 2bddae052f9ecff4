import { type LoggerOptions } from 'pino';

/** Paths that are redacted from log lines. */
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
 * Returns the options of all loggers: JSON lines on standard output, ISO 8601 times, secrets redacted.
 * @param service name of the process, added to every line.
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
