import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';

import { type ChangeFeed } from '#tenancy';
import { type FastifyReply } from 'fastify';
import { afterEach, expect, test, vi } from 'vitest';

import { EventStreams } from './event-streams.js';

afterEach(() => {
  vi.useRealTimers();
});

/** The part of a reply that a stream uses. */
class Connection extends EventEmitter {
  destroyed = false;
  readonly request = { method: 'GET' };
  readonly raw = this;
  headers(): this {
    return this;
  }
  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

/** Opens a stream of endless states, read by a client. */
async function serve(streams: EventStreams, client: Writable): Promise<Connection> {
  const connection = new Connection();
  const answer = await streams.answer({
    id: 'op_x',
    lastEventId: null,
    reply: connection as unknown as FastifyReply,
    read: () => Promise.resolve({ event: 'operation', data: {}, last: false }),
    allowed: () => Promise.resolve(true),
  });
  answer?.getStream().pipe(client);
  return connection;
}

function reader(): Writable {
  return new Writable({
    write: (_chunk, _encoding, taken) => {
      taken();
    },
  });
}

test('a client that reads nothing for thirty seconds is disconnected, a reading one is not', async () => {
  vi.useFakeTimers();
  let count = 0;
  const feed = {
    async *follow() {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        yield { event: 'operation', data: { count: (count += 1) }, last: false };
      }
    },
  } as unknown as ChangeFeed;
  const streams = new EventStreams(feed, 2);
  streams.loop.start();
  const stalled = await serve(streams, new Writable({ highWaterMark: 1, write: () => undefined }));
  const reading = await serve(streams, reader());
  await vi.advanceTimersByTimeAsync(29_000);
  expect(stalled.destroyed).toBe(false);
  await vi.advanceTimersByTimeAsync(11_000);
  expect(stalled.destroyed).toBe(true);
  expect(reading.destroyed).toBe(false);
  expect(count).toBeGreaterThan(30);
  // Its place is free again.
  expect((await serve(streams, reader())).destroyed).toBe(false);
  await streams.beforeApplicationShutdown();
});
