import { performance } from 'node:perf_hooks';

import { type Logger } from '@nestjs/common';

/**
 * Minimum time between log lines for the same error. A client that has lost its queue can report thousands a second.
 */
const SILENCE_MS = 5_000;
/** Minimum time between two repairs. */
const REPAIR_PAUSE_MS = 1_000;

/**
 * SQLSTATEs of a missing queue schema or parts of it: undefined table, schema, function, type (PostgreSQL error codes,
 * appendix A).
 */
const SCHEMA_GONE = new Set(['42P01', '3F000', '42883', '42704']);

export function isSchemaGone(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && SCHEMA_GONE.has(code);
}

/** Handles connection errors of a consumer: logs them at a limited rate and starts repairs. */
export class QueueTrouble {
  private readonly loggedAt = new Map<string, number>();
  private repairedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly logger: Logger,
    private readonly queue: string,
    private readonly repair: () => Promise<void>,
  ) {}

  hear(error: Error): void {
    this.log(error);
    const now = performance.now();
    if (!isSchemaGone(error) || now - this.repairedAt < REPAIR_PAUSE_MS) return;
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

  private log(error: Error): void {
    const now = performance.now();
    const kind = (error as { code?: string }).code ?? error.name;
    if (now - (this.loggedAt.get(kind) ?? Number.NEGATIVE_INFINITY) < SILENCE_MS) return;
    this.loggedAt.set(kind, now);
    this.logger.warn({ err: error, queue: this.queue }, 'the queue reported an error');
  }
}
