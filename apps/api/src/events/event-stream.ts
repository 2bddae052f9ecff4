import { createHash } from 'node:crypto';

/** A snapshot that an event stream sends. */
export interface StreamState {
  /** Event name. */
  event: string;
  /** JSON value. */
  data: unknown;
  /** True if no further state follows. */
  last: boolean;
}

/** How long a client waits before it reconnects. */
const RETRY_MS = 2_000;
const HEARTBEAT_MS = 15_000;

/**
 * Returns the id of a state. Equal states have equal ids, so a client that reconnects with `Last-Event-ID` is not sent
 * a state that it already has.
 */
export function eventId({ event, data }: StreamState): string {
  return createHash('sha256').update(event).update(JSON.stringify(data)).digest('base64url').slice(0, 22);
}

/**
 * Renders a stream (WHATWG HTML, section 9.2): each state once, and a comment every 15 seconds that keeps proxies from
 * closing the connection as idle. Ends after the last state.
 * @param knownId id of the state that the client already has; null if none.
 * @param allowed called before each state after the first, and about every 15 seconds; the stream ends once the caller may
 *   no longer read it.
 */
export async function* eventText(
  states: AsyncIterable<StreamState>,
  knownId: string | null,
  allowed: () => Promise<boolean>,
): AsyncGenerator<string, void> {
  yield `retry: ${RETRY_MS}\n\n`;
  let known = knownId;
  let checkedAt = Date.now();
  let isFirst = true;
  for await (const state of states) {
    const id = eventId(state);
    const isQuiet = Date.now() - checkedAt >= HEARTBEAT_MS;
    if ((isQuiet || (!isFirst && id !== known)) && !(await allowed())) return;
    isFirst = false;
    if (isQuiet) {
      yield ': still here\n\n';
      checkedAt = Date.now();
    }
    if (id !== known) yield `event: ${state.event}\nid: ${id}\ndata: ${JSON.stringify(state.data)}\n\n`;
    known = id;
    if (state.last) return;
  }
}
