import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

import { Loop } from '#background';
import { DomainError } from '#problems';
import { ChangeFeed } from '#tenancy';
import { type BeforeApplicationShutdown, Injectable, Logger, StreamableFile } from '@nestjs/common';
import { type FastifyReply } from 'fastify';

import { eventId, eventText, type StreamState } from './event-stream.js';

/** A client that reads nothing for this long is disconnected. */
const STALLED_MS = 30_000;
const WATCH_PERIOD_MS = 5_000;
/** How long streams have to end when the process shuts down. */
const CLOSE_MS = 1_000;

/** A request for an event stream. */
export interface StreamRequest {
  /** Id of the operation or tenant. */
  id: string;
  read: () => Promise<StreamState>;
  /** Reports whether the caller may still read the stream. */
  allowed: () => Promise<boolean>;
  /** `Last-Event-ID`; null if absent. */
  lastEventId: string | null;
  reply: FastifyReply;
}

interface OpenStream {
  reply: FastifyReply;
  abort: AbortController;
  /** Resolves when the response or its connection has ended. */
  ended: Promise<void>;
  /** Epoch milliseconds since which a text waits to be read; null if none does. */
  waitingSince: number | null;
}

/**
 * The event streams of this process. Nothing is buffered for slow clients: the next state is read once the previous one
 * was taken, so slow clients skip states. A client that reads nothing is disconnected.
 */
@Injectable()
export class EventStreams implements BeforeApplicationShutdown {
  private readonly logger = new Logger(EventStreams.name);
  private readonly open = new Set<OpenStream>();
  readonly loop = new Loop({
    name: 'event-stream-watch',
    periodMs: WATCH_PERIOD_MS,
    run: () => {
      this.dropStalled();
      return Promise.resolve();
    },
    failed: 'failed to disconnect stalled event streams',
  });
  private closing = false;

  /** @param most maximum number of concurrent streams. */
  constructor(
    private readonly feed: ChangeFeed,
    private readonly most: number,
  ) {}

  /**
   * Answers with a stream, or with 204 if the caller already has the last state; 204 keeps an `EventSource` from
   * reconnecting.
   * @throws the error of the first `read`, or `events.too_many_streams`
   */
  async answer(request: StreamRequest): Promise<StreamableFile | undefined> {
    const { reply, read, lastEventId } = request;
    const first = await read();
    if (first.last && eventId(first) === lastEventId) {
      void reply.status(204);
      return undefined;
    }
    // Kept alive, the connection would delay shutdown: the server would wait for its next request.
    void reply.headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'close' });
    const type = 'text/event-stream';
    if (reply.request.method === 'HEAD') {
      void reply.type(type);
      return undefined;
    }
    if (this.closing || this.open.size >= this.most) {
      throw new DomainError('events.too_many_streams', 'The limit of open event streams is reached; retry later.');
    }
    return new StreamableFile(this.start(request), { type });
  }

  /** Ends the streams before the server waits for open connections; clients reconnect to another process. */
  async beforeApplicationShutdown(): Promise<void> {
    this.closing = true;
    await this.loop.stop();
    const streams = [...this.open];
    for (const { abort } of streams) abort.abort();
    // The server only closes connections without a response in progress.
    await Promise.race([Promise.all(streams.map(({ ended }) => ended)), pause(CLOSE_MS)]);
    for (const { reply } of this.open) reply.raw.destroy();
  }

  private start({ id, read, allowed, lastEventId, reply }: StreamRequest): Readable {
    const abort = new AbortController();
    const states = this.feed.follow(id, read, abort.signal);
    const texts = this.watched(eventText(states, lastEventId, allowed), () => stream);
    // Do not wait for the end of the readable: it waits for the generators, and they wait for a change.
    const ended = new Promise<void>((resolve) => {
      reply.raw.once('close', () => {
        abort.abort();
        this.open.delete(stream);
        resolve();
      });
    });
    const stream: OpenStream = { reply, abort, ended, waitingSince: null };
    this.open.add(stream);
    return Readable.from(texts, { highWaterMark: 1 });
  }

  /**
   * Tracks how long each text waits to be read. An error ends the stream; the client reconnects and gets the error
   * then.
   */
  private async *watched(texts: AsyncIterable<string>, stream: () => OpenStream): AsyncGenerator<string, void> {
    try {
      for await (const text of texts) {
        stream().waitingSince = Date.now();
        yield text;
        stream().waitingSince = null;
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'an event stream ended early');
    }
  }

  private dropStalled(): void {
    const before = Date.now() - STALLED_MS;
    for (const { reply, waitingSince } of this.open) {
      if (waitingSince !== null && waitingSince < before) reply.raw.destroy();
    }
  }
}
