import { expect, test } from 'vitest';

import { eventId, eventText, type StreamState } from './event-stream.js';

const state = (data: unknown, last = false): StreamState => ({ event: 'operation', data, last });

async function textOf(states: StreamState[], knownId: string | null = null): Promise<string[]> {
  // eslint-disable-next-line @typescript-eslint/require-await -- the type requires an async iterable
  const source = async function* (): AsyncGenerator<StreamState> {
    yield* states;
  };
  const parts: string[] = [];
  for await (const part of eventText(source(), knownId, () => Promise.resolve(true))) parts.push(part);
  return parts;
}

test('each state is sent once, however often it is read, and nothing follows the last one', async () => {
  const [a, b] = [state({ n: 1 }), state({ n: 2 }, true)];
  const parts = await textOf([a, a, b, state({ n: 3 })]);
  expect(parts).toEqual([
    'retry: 2000\n\n',
    `event: operation\nid: ${eventId(a)}\ndata: {"n":1}\n\n`,
    `event: operation\nid: ${eventId(b)}\ndata: {"n":2}\n\n`,
  ]);
});

test('a client that reconnects is not sent the state that it already has', async () => {
  const a = state({ n: 1 });
  expect(await textOf([a], eventId(a))).toEqual(['retry: 2000\n\n']);
  expect(await textOf([a], 'something old')).toHaveLength(2);
});

test('a line break in a value does not break the data line', async () => {
  const [, event = ''] = await textOf([state({ message: 'one\ntwo\r\n\ndata: three' })]);
  expect(event.trimEnd().split('\n')).toHaveLength(3);
});
