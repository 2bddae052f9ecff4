import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

import { DomainError } from '#problems';
import { ChangeFeed } from '#tenancy';
import { type BeforeApplicationShutdown, Injectable, Logger, StreamableFile } from '@nestjs/common';
import { type FastifyReply } from 'fastify';

import { eventId, eventText, type StreamState } from './event-stream.js';

/** A client that takes nothing for this long is disconnected. */
const STALLED_MS = 30_000;
const WATCH_PERIOD_MS = 5_000;
/** How long streams may take to end when the process does. */
const CLOSE_MS = 1_000;

/** What a stream is about and who asks for it. */
export interface StreamRequest {
  /** Of the operation or tenant. */
  id: string;
  read: () => Promise<StreamState>;
  /** Whether the caller may still see it. */
  allowed: () => Promise<boolean>;
  /** `Last-Event-ID`; null when there is none. */
  lastEventId: string | null;
  reply: FastifyReply;
}

interface OpenStream {
  reply: FastifyReply;
  abort: AbortController;
  /** Resolves when the answer has ended, or its connection. */
  ended: Promise<void>;
  /** Epoch in ms since when a text waits to be taken; null when none does. */
  waitingSince: number | null;
}

/**
 * The event streams of this process. Nothing is buffered for slow clients: the next state is read when the one before
 * was taken, so they see fewer states; one that takes nothing is disconnected.
 */
@Injectable()
export class EventStreams implements BeforeApplicationShutdown {
  private readonly logger = new Logger(EventStreams.name);
  private readonly open = new Set<OpenStream>();
  private readonly watch: NodeJS.Timeout;
  private closing = false;

  /** @param most streams at the same time. */
  constructor(
    private readonly feed: ChangeFeed,
    private readonly most: number,
  ) {
    this.watch = setInterval(() => {
      this.dropStalled();
    }, WATCH_PERIOD_MS);
    this.watch.unref();
  }

  /**
   * Answers with a stream; with 204, which keeps an `EventSource` from connecting again, when the caller has the last
   * state already.
   * @throws what the first `read` throws, and `events.too_many_streams`
   */
  async answer(request: StreamRequest): Promise<StreamableFile | undefined> {
    const { reply, read, lastEventId } = request;
    const first = await read();
    if (first.last && eventId(first) === lastEventId) {
      void reply.status(204);
      return undefined;
    }
    // A connection that carried a stream would keep a process that ends waiting for its next request.
    void reply.headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'close' });
    const type = 'text/event-stream';
    if (reply.request.method === 'HEAD') {
      void reply.type(type);
      return undefined;
    }
    if (this.closing || this.open.size >= this.most) {
      throw new DomainError('events.too_many_streams', 'This process serves as many event streams as it may.');
    }
    return new StreamableFile(this.start(request), { type });
  }

  /** Before the server waits for open connections: the streams end, and their clients connect to another process. */
  async beforeApplicationShutdown(): Promise<void> {
    this.closing = true;
    clearInterval(this.watch);
    const streams = [...this.open];
    for (const { abort } of streams) abort.abort();
    // Only a connection without an answer under way is closed with the server.
    await Promise.race([Promise.all(streams.map(({ ended }) => ended)), pause(CLOSE_MS)]);
    for (const { reply } of this.open) reply.raw.destroy();
  }

  private start({ id, read, allowed, lastEventId, reply }: StreamRequest): Readable {
    const abort = new AbortController();
    const states = this.feed.follow(id, read, abort.signal);
    const texts = this.watched(eventText(states, lastEventId, allowed), () => stream);
    // Not the end of the readable: it waits for the generators, and those for a change.
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

  /** Notes how long each text waits to be taken. Trouble ends the stream: its client comes back and is told then. */
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
