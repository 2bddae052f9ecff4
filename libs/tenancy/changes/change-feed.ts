import { Injectable } from '@nestjs/common';

import { ChangeSignals } from './change-signals.js';

/** Follows the changes of a row. */
@Injectable()
export class ChangeFeed {
  constructor(private readonly signals: ChangeSignals) {}

  /**
   * Yields the result of `read` now and whenever the row may have changed. States can repeat, and short-lived states
   * can be skipped. Ends on `abort` or when the process shuts down.
   * @param id id of an operation or a tenant.
   */
  async *follow<T>(id: string, read: () => Promise<T>, abort: AbortSignal): AsyncGenerator<T, void> {
    // Listen first: a change between the first read and the start of notifications would be noticed late.
    await this.signals.listen();
    while (!abort.aborted && !this.signals.closing) {
      // Subscribe before reading, so that a change between the two is not missed.
      const signal = this.signals.next(id, { abort });
      yield await read();
      await signal;
    }
  }
}
