import { setTimeout as pause } from 'node:timers/promises';

import { assertNoTransaction } from '#persistence';

/** How to wait until a row is as a caller waits for. */
export interface RowWait<Row> {
  /** Reads the row. */
  read: () => Promise<Row>;
  /** True if there is nothing more to wait for. */
  isDone: (row: Row) => boolean;
  /** Epoch in ms. */
  deadline: number;
  /** Aborted when the process stops. */
  shutdown: AbortSignal;
  /**
   * How to learn of a change: reading every so many milliseconds, or a function that resolves when the row may have
   * changed, at the deadline, at shutdown, and when its signal is aborted.
   */
  changes: number | ((over: AbortSignal) => Promise<void>);
}

/**
 * Reads a row until it is done, the deadline has passed or the process stops, and returns it as it was read last. It
 * is read at least once.
 * @throws what `read` throws
 */
export async function waitForRow<Row>({ read, isDone, deadline, shutdown, changes }: RowWait<Row>): Promise<Row> {
  assertNoTransaction('A row');
  const over = new AbortController();
  try {
    for (;;) {
      // Listens before it reads, so that a change between the two is not missed.
      const changed = typeof changes === 'number' ? null : changes(over.signal);
      const row = await read();
      const restMs = deadline - Date.now();
      if (isDone(row) || restMs <= 0 || shutdown.aborted) return row;
      await (changed ?? pausing(Math.min(changes as number, restMs), shutdown));
    }
  } finally {
    over.abort();
  }
}

/** Resolves after a while, or at once when aborted. */
async function pausing(ms: number, signal: AbortSignal): Promise<void> {
  await pause(Math.max(1, ms), undefined, { signal }).catch(() => undefined);
}
