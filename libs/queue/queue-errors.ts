import { performance } from 'node:perf_hooks';

import { ErrorLog } from '#background';
import { classify } from '#problems';
import { type Logger } from '@nestjs/common';

/** Minimum time between two repairs. */
const REPAIR_PAUSE_MS = 1_000;

/** Handles the errors that a consumer's connection reports: logs them sparingly, and repairs what can be repaired. */
export class QueueErrors {
  private readonly log: ErrorLog;
  private repairedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly logger: Logger,
    private readonly queue: string,
    private readonly repair: () => Promise<void>,
  ) {
    this.log = new ErrorLog(logger);
  }

  handle(error: Error): void {
    this.log.warn(error, { err: error, queue: this.queue }, 'the queue reported an error');
    const now = performance.now();
    if (classify(error, 'queue').name !== 'queue-schema-gone' || now - this.repairedAt < REPAIR_PAUSE_MS) return;
    this.repairedAt = now;
    this.repair().then(
      () => {
        this.logger.warn({ queue: this.queue }, 'recreated the missing tables of the queue');
      },
      (failure: unknown) => {
        this.logger.warn({ err: failure, queue: this.queue }, 'failed to recreate the tables of the queue');
      },
    );
  }
}
