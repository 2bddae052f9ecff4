import { type ApiClient } from './api-client.js';

/** A server-sent event with its parsed data. */
export interface ServerSentEvent<T> {
  event: string;
  id: string;
  data: T;
}

/** An open event stream. */
export class EventSource<T> {
  private text = '';
  private readonly decoder = new TextDecoder();

  private constructor(
    readonly headers: Headers,
    private readonly reader: ReadableStreamDefaultReader<Uint8Array>,
  ) {}

  /** @throws with the answer when it is not a stream */
  static async open<T>(api: ApiClient, path: string, lastEventId?: string): Promise<EventSource<T>> {
    const answer = await api.fetch(path, lastEventId === undefined ? {} : { 'last-event-id': lastEventId });
    if (answer.status !== 200 || answer.body === null) {
      throw new Error(`GET ${path} answered ${answer.status}: ${await answer.text()}`);
    }
    return new EventSource(answer.headers, answer.body.getReader() as ReadableStreamDefaultReader<Uint8Array>);
  }

  /** Returns the next event; null if the stream has ended. */
  async next(): Promise<ServerSentEvent<T> | null> {
    for (;;) {
      const block = await this.block();
      if (block === null) return null;
      const field = (name: string): string =>
        block
          .split('\n')
          .filter((line) => line.startsWith(`${name}: `))
          .map((line) => line.slice(name.length + 2))
          .join('\n');
      if (field('data') !== '') {
        return { event: field('event'), id: field('id'), data: JSON.parse(field('data')) as T };
      }
    }
  }

  /** Returns all events up to the first match, or to the end of the stream. */
  async until(found: (data: T) => boolean): Promise<ServerSentEvent<T>[]> {
    const events: ServerSentEvent<T>[] = [];
    for (;;) {
      const event = await this.next();
      if (event === null) return events;
      events.push(event);
      if (found(event.data)) return events;
    }
  }

  async close(): Promise<void> {
    await this.reader.cancel();
  }

  private async block(): Promise<string | null> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.text.slice(0, end);
        this.text = this.text.slice(end + 2);
        return block;
      }
      const { done, value } = await this.reader.read();
      if (done) return null;
      this.text += this.decoder.decode(value, { stream: true });
    }
  }
}
