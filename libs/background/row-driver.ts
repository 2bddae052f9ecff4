import { setTimeout as pause } from 'node:timers/promises';

import { Statements } from '#persistence';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type DataSource } from 'typeorm';

import { Loop } from './loop.js';
import { type LoopName } from './loop-catalog.js';
import { NotificationListener } from './notification-listener.js';

/** Polling period: the maximum delay if a notification is lost. */
const PERIOD_MS = 1_000;
/** Pause between two looks, so that operations that end together are processed together. */
const GATHER_MS = 10;
const OPERATIONS_CHANNEL = 'bulkhead_operations';

/** A kind of rows that workers advance step by step until they finish. */
export interface DrivenRows {
  loop: LoopName;
  /** Plural name, for the log and the connection. */
  name: string;
  /** Channel on which Postgres announces changed rows. */
  channel: string;
  /** SQL that returns the `id` of each unfinished row. */
  unfinished: string;
  /** Advances a row by one step. Resolves to true if the next step is due at once. */
  advance: (id: string) => Promise<boolean>;
}

/**
 * Advances unfinished rows when an operation ends, when a row changes, and once a second. Every worker runs it;
 * `advance` ensures that only one worker advances a row at a time.
 */
export abstract class RowDriver implements OnApplicationShutdown {
  private readonly logger = new Logger(RowDriver.name);
  private readonly listener: NotificationListener;
  private readonly statements: Statements;
  readonly loop: Loop;
  /** True if the last look found unfinished rows, so that ends of operations matter. */
  private isBusy = false;

  constructor(
    dataSource: DataSource,
    private readonly rows: DrivenRows,
  ) {
    this.statements = new Statements(dataSource);
    this.listener = new NotificationListener(dataSource, {
      applicationName: `bulkhead-${rows.name}-driver`,
      channels: [rows.channel, OPERATIONS_CHANNEL],
      onNotification: (channel) => {
        if (this.isBusy || channel === rows.channel) void this.loop.now();
      },
    });
    this.loop = new Loop({
      name: rows.loop,
      periodMs: PERIOD_MS,
      firstInMs: 0,
      run: (stopping) => this.advanceAll(stopping),
      failed: `failed to look for ${rows.name} to advance; will retry`,
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.listener.close();
  }

  private async advanceAll(stopping: AbortSignal): Promise<void> {
    await this.listener.connect();
    const rows = await this.statements.run<{ id: string }>(`unfinished-${this.rows.name}`, this.rows.unfinished, []);
    this.isBusy = rows.length > 0;
    for (const { id } of rows) await this.advanceOne(id, stopping);
    await pause(GATHER_MS);
  }

  /** Never rejects, so that a failing row does not block the others. */
  private async advanceOne(id: string, stopping: AbortSignal): Promise<void> {
    try {
      while (!stopping.aborted && (await this.rows.advance(id)));
    } catch (error) {
      this.logger.warn({ err: error, id }, `failed to advance one of the ${this.rows.name}; will retry`);
    }
  }
}
