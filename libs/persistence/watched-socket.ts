import { Socket } from 'node:net';

/** The other end was silent for too long, for example because the server failed over without a word. */
class SilentServer extends Error {
  /** Like the kernel's own limit, which takes a quarter of an hour. */
  readonly code = 'ETIMEDOUT';
}

/**
 * Returns a function that makes the sockets of a Postgres client. A socket is destroyed when neither side sent anything
 * for a while: nothing else ends a statement whose server is gone. Node has no TCP_USER_TIMEOUT, and keep-alive probes
 * are not sent while a statement is unacknowledged.
 * @param silenceMs longer than any statement may take; connections that idle must send something from time to time, or
 *   be closed earlier
 */
export function watchedSockets(silenceMs: number): () => Socket {
  return () => {
    const socket = new Socket();
    return socket.setTimeout(silenceMs, () => {
      socket.destroy(new SilentServer(`The database was silent for ${silenceMs} ms.`));
    });
  };
}
