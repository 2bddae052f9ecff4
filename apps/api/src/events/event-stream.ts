import { createHash } from 'node:crypto';

/** What an event stream shows at one moment. */
export interface StreamState {
  /** Name of the event. */
  event: string;
  /** A JSON value. */
  data: unknown;
  /** Nothing will come after this. */
  last: boolean;
}

/** How long a client waits before it connects again. */
const RETRY_MS = 2_000;
const HEARTBEAT_MS = 15_000;

/**
 * The id of a state: the same for the same state, so that a client that comes back with it (`Last-Event-ID`) is not told
 * what it knows.
 */
export function eventId({ event, data }: StreamState): string {
  return createHash('sha256').update(event).update(JSON.stringify(data)).digest('base64url').slice(0, 22);
}

/**
 * The text of a stream (WHATWG HTML, section 9.2): each state once, a comment every 15 seconds so that nobody in between
 * takes the connection for dead. Ends after the last state.
 * @param knownId the id of the state that the client has; null when it has none.
 * @param allowed asked about every 15 seconds; the stream ends when the caller may no longer see it.
 */
export async function* eventText(
  states: AsyncIterable<StreamState>,
  knownId: string | null,
  allowed: () => Promise<boolean>,
): AsyncGenerator<string, void> {
  yield `retry: ${RETRY_MS}\n\n`;
  let known = knownId;
  let checkedAt = Date.now();
  for await (const state of states) {
    if (Date.now() - checkedAt >= HEARTBEAT_MS) {
      if (!(await allowed())) return;
      yield ': still here\n\n';
      checkedAt = Date.now();
    }
    const id = eventId(state);
    if (id !== known) yield `event: ${state.event}\nid: ${id}\ndata: ${JSON.stringify(state.data)}\n\n`;
    known = id;
    if (state.last) return;
  }
}
