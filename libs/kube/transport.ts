import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

import { assertNoTransaction } from '#persistence';
import { newDurations } from '#telemetry';
import { type Dispatcher, errors, Pool } from 'undici';

import { type Credentials, type Endpoint } from './credentials.js';
import { KubeError, type KubeStatus, KubeUnreachable } from './kube-error.js';
import { BrokenStream, readLines } from './read-lines.js';

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

/** When requests of one caller have to end, although the connection does not. */
export interface RequestLimits {
  /** Ends pauses between attempts; they throw its reason. */
  readonly waits: AbortSignal;
  /** Ends requests under way, and lets no others begin; they throw its reason. */
  readonly requests: AbortSignal;
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

/** The connections that the views of one transport share. */
interface Line {
  pool: Connection | null;
  /** Aborted for good by `destroy`. */
  readonly cut: AbortController;
}

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
  /**
   * @param onUnreachable called whenever a request gets no answer
   * @param line shared connections; its own by default
   */
  constructor(
    private readonly credentials: Credentials,
    private readonly onUnreachable: () => void = () => undefined,
    private readonly line: Line = { pool: null, cut: unlimited(new AbortController()) },
    private readonly limits: RequestLimits | null = null,
  ) {}

  /** A view of this transport, over the same connections, whose requests end with their caller's work. */
  within(limits: RequestLimits): Transport {
    return new Transport(this.credentials, this.onUnreachable, this.line, limits);
  }

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
      await this.pause(Math.max(seconds, 1) * 1000);
    }
  }

  /**
   * Pauses between two attempts.
   * @throws the reason of the limits as soon as waits have to end; KubeUnreachable once the connections are cut off
   */
  async pause(ms: number): Promise<void> {
    const cut = this.line.cut.signal;
    const signal = this.limits === null ? cut : AbortSignal.any([cut, this.limits.waits]);
    await pause(ms, undefined, { signal }).catch(() => {
      throw signal.reason as Error;
    });
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
      if (!signal.aborted) throw error instanceof BrokenStream ? this.failure(error.cause) : error;
    }
  }

  async close(): Promise<void> {
    await this.line.pool?.dispatcher.close();
    this.line.pool = null;
  }

  /** Aborts all requests in flight and all pauses, and connects no more. */
  async destroy(): Promise<void> {
    this.line.cut.abort(new KubeUnreachable('the connections to the API server were cut off'));
    await this.line.pool?.dispatcher.destroy();
    this.line.pool = null;
  }

  private async dispatch(request: KubeRequest): Promise<{
    statusCode: number;
    headers: Dispatcher.ResponseData['headers'];
    body: unknown;
  }> {
    const ended = requestDurations.startTimer({ method: request.method });
    try {
      const { statusCode, headers, body } = await this.request(request, this.endOf(request));
      const text = await body.text();
      ended({ code: statusCode });
      return { statusCode, headers, body: parseBody(text) };
    } catch (error) {
      ended({ code: 'none' });
      if (error instanceof KubeUnreachable || error instanceof errors.InvalidArgumentError) throw error;
      throw this.failure(error);
    }
  }

  private endOf({ timeoutMs }: KubeRequest): Pick<Dispatcher.RequestOptions, 'signal'> {
    const limit = this.limits?.requests;
    if (timeoutMs === undefined) return limit === undefined ? {} : { signal: limit };
    const timeout = AbortSignal.timeout(timeoutMs);
    return { signal: limit === undefined ? timeout : AbortSignal.any([timeout, limit]) };
  }

  private async request(
    request: KubeRequest,
    options: Pick<Dispatcher.RequestOptions, 'bodyTimeout' | 'signal'>,
  ): Promise<Dispatcher.ResponseData> {
    assertNoTransaction('A cluster');
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
      throw this.failure(error);
    }
  }

  /** The error of a request without an answer. */
  private failure(error: unknown): unknown {
    if (this.limits?.requests.aborted === true) return this.limits.requests.reason;
    return this.unreachable(error);
  }

  private unreachable(error: unknown): KubeUnreachable {
    const { signal } = this.line.cut;
    if (signal.aborted) return signal.reason as KubeUnreachable;
    this.onUnreachable();
    return new KubeUnreachable(`the API server cannot be reached (${reasonOf(error)})`, { cause: error });
  }

  /** Reports whether a request that was refused with 401 can succeed now. */
  private async renew(refused: Endpoint): Promise<boolean> {
    return withCredentials(this.credentials.renew(refused));
  }

  private async connect(): Promise<Connection> {
    const { line } = this;
    line.cut.signal.throwIfAborted();
    const endpoint = await withCredentials(this.credentials.endpoint());
    line.cut.signal.throwIfAborted();
    if (line.pool?.endpoint === endpoint) return line.pool;
    const fingerprint = JSON.stringify([endpoint.server, endpoint.tls]);
    if (line.pool?.fingerprint === fingerprint) {
      line.pool = { ...line.pool, endpoint };
      return line.pool;
    }
    const retired = line.pool?.dispatcher;
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
    line.pool = { dispatcher, endpoint, prefix, fingerprint };
    // Requests in flight on the old connections still complete.
    void retired?.close();
    return line.pool;
  }
}

/** Each request that waits has a listener; Node suspects a leak at eleven. */
function unlimited(controller: AbortController): AbortController {
  setMaxListeners(0, controller.signal);
  return controller;
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
