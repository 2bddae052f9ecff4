import { Injectable } from '@nestjs/common';

import { ChangeSignals } from './change-signals.js';

/** Follows rows that change. */
@Injectable()
export class ChangeFeed {
  constructor(private readonly signals: ChangeSignals) {}

  /**
   * What `read` returns, now and whenever the row may have changed; the same state may come more than once, and states
   * that passed quickly may not come at all. Ends with `abort`, or when the process is about to end.
   * @param id of an operation or a tenant.
   */
  async *follow<T>(id: string, read: () => Promise<T>, abort: AbortSignal): AsyncGenerator<T, void> {
    // A change between the first look and the beginning of notifications would be noticed late.
    await this.signals.listen();
    while (!abort.aborted && !this.signals.closing) {
      // Waits for the signal before it reads, so that a change between the two is not missed.
      const signal = this.signals.next(id, { abort });
      yield await read();
      await signal;
    }
  }
}
