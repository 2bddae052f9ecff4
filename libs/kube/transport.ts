import { setTimeout as pause } from 'node:timers/promises';

import { type Dispatcher, errors, Pool } from 'undici';

import { type Credentials, type Endpoint } from './credentials.js';
import { KubeError, type KubeStatus, KubeUnreachable } from './kube-error.js';

export interface KubeRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  contentType?: string;
  /** In addition to, or in place of, those that every request has. */
  headers?: Record<string, string>;
}

/** Connections to one API server. More than the server works on at once only lengthens its own queue. */
const CONNECTIONS = 64;
const ANSWER_TIMEOUT_MS = 15_000;
/** Tokens and client certificates rotate; the files are read again this often. */
const CREDENTIALS_MAX_AGE_MS = 60_000;
const MAX_THROTTLED_ATTEMPTS = 5;
const MAX_RETRY_AFTER_SECONDS = 10;

/**
 * Sends requests to one API server over kept-alive connections (undici directly: the generated client
 * opens a TLS connection for every request and has neither a time limit nor a retry on 429).
 */
export class Transport {
  private pool: { dispatcher: Pool; endpoint: Endpoint; readAt: number; fingerprint: string } | null = null;

  constructor(private readonly credentials: Credentials) {}

  /**
   * The parsed JSON answer. Waits out 429 as `Retry-After` says, a few times.
   * @throws KubeError when the API server refuses, KubeUnreachable when it does not answer.
   */
  async send(request: KubeRequest): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      const { statusCode, headers, body } = await this.dispatch(request);
      if (statusCode < 400) return body;
      if (statusCode !== 429 || attempt === MAX_THROTTLED_ATTEMPTS) throw new KubeError(statusCode, body as KubeStatus);
      const seconds = Math.min(Number(headers['retry-after'] ?? 1) || 1, MAX_RETRY_AFTER_SECONDS);
      await pause(seconds * 1000);
    }
  }

  async close(): Promise<void> {
    await this.pool?.dispatcher.close();
    this.pool = null;
  }

  private async dispatch(request: KubeRequest): Promise<{
    statusCode: number;
    headers: Dispatcher.ResponseData['headers'];
    body: unknown;
  }> {
    const { dispatcher, endpoint } = await this.connect();
    const { method, path, query, contentType = 'application/json' } = request;
    try {
      const answer = await dispatcher.request({
        method,
        path: new URL(endpoint.server).pathname.replace(/\/$/, '') + path,
        query: query ?? {},
        headers: { ...endpoint.headers, accept: 'application/json', 'content-type': contentType, ...request.headers },
        body: request.body === undefined ? null : JSON.stringify(request.body),
      });
      const text = await answer.body.text();
      return { statusCode: answer.statusCode, headers: answer.headers, body: parseBody(text) };
    } catch (error) {
      // A request that cannot be made is a defect, not a cluster that is away.
      if (error instanceof errors.InvalidArgumentError) throw error;
      throw new KubeUnreachable(`the API server cannot be reached (${reasonOf(error)})`, { cause: error });
    }
  }

  private async connect(): Promise<{ dispatcher: Pool; endpoint: Endpoint }> {
    if (this.pool !== null && Date.now() - this.pool.readAt < CREDENTIALS_MAX_AGE_MS) return this.pool;
    const endpoint = await this.credentials.endpoint();
    const fingerprint = JSON.stringify([endpoint.server, endpoint.tls]);
    if (this.pool?.fingerprint === fingerprint) {
      this.pool = { ...this.pool, endpoint, readAt: Date.now() };
      return this.pool;
    }
    const retired = this.pool?.dispatcher;
    const dispatcher = new Pool(new URL(endpoint.server).origin, {
      connections: CONNECTIONS,
      // One lost HTTP/2 connection would fail everything that is under way on it.
      allowH2: false,
      connect: { ...endpoint.tls, timeout: 5_000 },
      headersTimeout: ANSWER_TIMEOUT_MS,
      bodyTimeout: ANSWER_TIMEOUT_MS,
      keepAliveTimeout: 30_000,
    });
    this.pool = { dispatcher, endpoint, readAt: Date.now(), fingerprint };
    // Requests under way on the old connections end by themselves.
    void retired?.close();
    return this.pool;
  }
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return { message: text.slice(0, 500) };
  }
}

/** A word that stays the same while the trouble stays the same, so that conditions do not flap. */
function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'no answer';
}
