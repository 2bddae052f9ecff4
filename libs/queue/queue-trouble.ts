import { performance } from 'node:perf_hooks';

import { type Logger } from '@nestjs/common';

/** The same trouble is logged so often at most. A client that has lost its queue can report thousands a second. */
const SILENCE_MS = 5_000;
/** How long a repair is trusted before the next one is tried. */
const REPAIR_PAUSE_MS = 1_000;

/**
 * What Postgres says when the schema of the queue, or a part of it, is gone: undefined table, schema, function, type
 * (PostgreSQL's errcodes, appendix A).
 */
const SCHEMA_GONE = new Set(['42P01', '3F000', '42883', '42704']);

export function isSchemaGone(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && SCHEMA_GONE.has(code);
}

/** Hears what a consumer's connection complains of: tells the log in moderation, and has repaired what can be. */
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
        this.logger.warn({ queue: this.queue }, 'the tables of the queue were gone and were made again');
      },
      (failure: unknown) => {
        this.logger.warn({ err: failure, queue: this.queue }, 'the tables of the queue could not be made again');
      },
    );
  }

  private log(error: Error): void {
    const now = performance.now();
    const kind = (error as { code?: string }).code ?? error.name;
    if (now - (this.loggedAt.get(kind) ?? Number.NEGATIVE_INFINITY) < SILENCE_MS) return;
    this.loggedAt.set(kind, now);
    this.logger.warn({ err: error, queue: this.queue }, 'the queue reports an error');
  }
}
