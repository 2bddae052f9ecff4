import { type Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

import { newDurations } from '#telemetry';
import { type Dispatcher, errors, Pool } from 'undici';

import { type Credentials, type Endpoint } from './credentials.js';
import { KubeError, type KubeStatus, KubeUnreachable } from './kube-error.js';

export interface KubeRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  contentType?: string;
  /** In addition to the headers of every request, overriding those of the same name. */
  headers?: Record<string, string | string[]>;
  /** Fails with KubeUnreachable without a complete answer in this time; by default as long as the connection allows. */
  timeoutMs?: number;
}

/** Reads an answer line by line. */
interface LineReader {
  /** Ends the answer if nothing was received for so long: the connection can be dead. */
  silenceMs: number;
  signal: AbortSignal;
  /** Called once the server has begun to answer with a success. */
  onOpen: () => void;
  onLine: (line: string) => void;
}

/** The connection was lost in the middle of an answer. */
class BrokenStream extends Error {}

/** Connections to one API server. More than the server handles at once would only lengthen its queue. */
const CONNECTIONS = 64;
const ANSWER_TIMEOUT_MS = 15_000;
const MAX_THROTTLED_ATTEMPTS = 5;
const MAX_RETRY_AFTER_SECONDS = 10;

const requestDurations = newDurations({
  name: 'bulkhead_kube_request_duration_seconds',
  help: 'Duration of requests to the Kubernetes API server including the response body, without watches; code "none": no answer.',
  labels: ['method', 'code'],
});

interface Connection {
  dispatcher: Pool;
  endpoint: Endpoint;
  /** The path of the server's URL, without a trailing slash. */
  prefix: string;
  fingerprint: string;
}

/**
 * Sends requests to one API server over kept-alive connections (undici directly: the generated client
 * opens a TLS connection for every request and has neither a time limit nor a retry on 429).
 */
export class Transport {
  private pool: Connection | null = null;

  /** @param onUnreachable called whenever a request gets no answer */
  constructor(
    private readonly credentials: Credentials,
    private readonly onUnreachable: () => void = () => undefined,
  ) {}

  /**
   * Returns the parsed JSON answer. Waits as `Retry-After` says on 429, a few times.
   * @throws KubeError when the API server refuses
   * @throws KubeUnreachable when it does not answer
   */
  async send(request: KubeRequest): Promise<unknown> {
    return (await this.sendDated(request)).body;
  }

  /** Like `send`, with the time at which the server answered (RFC 9110, 6.6.1; whole seconds), or null if unknown. */
  async sendDated(request: KubeRequest): Promise<{ body: unknown; date: Date | null }> {
    for (let attempt = 1; ; attempt += 1) {
      const { statusCode, headers, body } = await this.dispatch(request);
      if (statusCode < 400) return { body, date: dateOf(headers['date']) };
      const error = new KubeError(statusCode, body as KubeStatus, headers['retry-after']);
      const seconds = error.retryAfterSeconds ?? 1;
      // A longer pause than a request should take is left to the caller.
      const tooLong = seconds > MAX_RETRY_AFTER_SECONDS;
      if (statusCode !== 429 || attempt === MAX_THROTTLED_ATTEMPTS || tooLong) throw error;
      await pause(Math.max(seconds, 1) * 1000);
    }
  }

  /**
   * Reports the lines of an open-ended answer, e.g. of a watch, except empty ones. Resolves when the server ends the
   * answer, or when `signal` is aborted. An error that `onLine` throws ends the answer.
   * @throws as `send`; KubeUnreachable when the connection is lost; the error that `onLine` threw
   */
  async lines(request: KubeRequest, { silenceMs, signal, onOpen, onLine }: LineReader): Promise<void> {
    try {
      const { statusCode, body } = await this.request(request, { bodyTimeout: silenceMs, signal });
      if (statusCode >= 400) throw new KubeError(statusCode, parseBody(await body.text()) as KubeStatus);
      onOpen();
      await readLines(body, onLine);
    } catch (error) {
      if (!signal.aborted) throw error instanceof BrokenStream ? this.unreachable(error.cause) : error;
    }
  }

  async close(): Promise<void> {
    await this.pool?.dispatcher.close();
    this.pool = null;
  }

  /** Aborts all requests in flight. */
  async destroy(): Promise<void> {
    await this.pool?.dispatcher.destroy();
    this.pool = null;
  }

  private async dispatch(request: KubeRequest): Promise<{
    statusCode: number;
    headers: Dispatcher.ResponseData['headers'];
    body: unknown;
  }> {
    const ended = requestDurations.startTimer({ method: request.method });
    try {
      const { timeoutMs } = request;
      const options = timeoutMs === undefined ? {} : { signal: AbortSignal.timeout(timeoutMs) };
      const { statusCode, headers, body } = await this.request(request, options);
      const text = await body.text();
      ended({ code: statusCode });
      return { statusCode, headers, body: parseBody(text) };
    } catch (error) {
      ended({ code: 'none' });
      if (error instanceof KubeUnreachable || error instanceof errors.InvalidArgumentError) throw error;
      throw this.unreachable(error);
    }
  }

  private async request(
    request: KubeRequest,
    options: Pick<Dispatcher.RequestOptions, 'bodyTimeout' | 'signal'>,
  ): Promise<Dispatcher.ResponseData> {
    const connection = await this.connect();
    const answer = await this.requestOver(connection, request, options);
    if (answer.statusCode !== 401 || !(await this.renew(connection.endpoint))) return answer;
    await answer.body.dump();
    return this.requestOver(await this.connect(), request, options);
  }

  private async requestOver(
    { dispatcher, endpoint, prefix }: Connection,
    request: KubeRequest,
    options: Pick<Dispatcher.RequestOptions, 'bodyTimeout' | 'signal'>,
  ): Promise<Dispatcher.ResponseData> {
    const { method, path, query, contentType = 'application/json' } = request;
    try {
      return await dispatcher.request({
        method,
        path: prefix + path,
        ...(query === undefined ? {} : { query }),
        headers: { ...endpoint.headers, accept: 'application/json', 'content-type': contentType, ...request.headers },
        body: request.body === undefined ? null : JSON.stringify(request.body),
        ...options,
      });
    } catch (error) {
      // An invalid request is a bug, not an unreachable cluster.
      if (error instanceof errors.InvalidArgumentError) throw error;
      throw this.unreachable(error);
    }
  }

  private unreachable(error: unknown): KubeUnreachable {
    this.onUnreachable();
    return new KubeUnreachable(`the API server cannot be reached (${reasonOf(error)})`, { cause: error });
  }

  /** Reports whether a request that was refused with 401 can succeed now. */
  private async renew(refused: Endpoint): Promise<boolean> {
    return withCredentials(this.credentials.renew(refused));
  }

  private async connect(): Promise<Connection> {
    const endpoint = await withCredentials(this.credentials.endpoint());
    if (this.pool?.endpoint === endpoint) return this.pool;
    const fingerprint = JSON.stringify([endpoint.server, endpoint.tls]);
    if (this.pool?.fingerprint === fingerprint) {
      this.pool = { ...this.pool, endpoint };
      return this.pool;
    }
    const retired = this.pool?.dispatcher;
    const dispatcher = new Pool(new URL(endpoint.server).origin, {
      connections: CONNECTIONS,
      // One lost HTTP/2 connection would fail all requests in flight on it.
      allowH2: false,
      connect: { ...endpoint.tls, timeout: 5_000 },
      headersTimeout: ANSWER_TIMEOUT_MS,
      bodyTimeout: ANSWER_TIMEOUT_MS,
      keepAliveTimeout: 30_000,
    });
    const prefix = new URL(endpoint.server).pathname.replace(/\/$/, '');
    this.pool = { dispatcher, endpoint, prefix, fingerprint };
    // Requests in flight on the old connections still complete.
    void retired?.close();
    return this.pool;
  }
}

/** @throws KubeUnreachable instead of any error: without credentials, the API server might as well be away */
async function withCredentials<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KubeUnreachable(`no credentials for the API server (${reason})`, { cause: error });
  }
}

/**
 * Calls `onLine` with each line that is not empty, until the stream ends.
 * @throws BrokenStream; the error that `onLine` threw
 */
function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  let rest = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: string): void => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      try {
        for (const line of lines) if (line !== '') onLine(line);
      } catch (error) {
        stream.off('data', read);
        reject(error as Error);
        stream.destroy();
      }
    };
    stream.on('error', (error) => {
      reject(new BrokenStream('the answer broke off', { cause: error }));
    });
    stream.on('end', resolve).setEncoding('utf8').on('data', read);
  });
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return { message: text.slice(0, 500) };
  }
}

function dateOf(header: string | string[] | undefined): Date | null {
  const date = new Date(String(header));
  return Number.isNaN(date.getTime()) ? null : date;
}

/** Returns a reason that stays the same as long as the error does, so that conditions do not flap. */
function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'no answer';
}
