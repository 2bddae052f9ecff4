import { setTimeout as pause } from 'node:timers/promises';

import { Statements } from '#persistence';
import { type BeforeApplicationShutdown, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type DataSource } from 'typeorm';

import { NotificationListener } from './notification-listener.js';

/** Polling period: the maximum delay if a notification is lost. */
const PERIOD_MS = 1_000;
/** Pause between two looks, so that operations that end together are processed together. */
const GATHER_MS = 10;
const OPERATIONS_CHANNEL = 'bulkhead_operations';

/** A kind of rows that workers advance step by step until they finish. */
export interface DrivenRows {
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
export abstract class RowDriver implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(RowDriver.name);
  private readonly listener: NotificationListener;
  private readonly statements: Statements;
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;
  private lookAgain = false;
  private stopped = false;
  /** True if the last look found unfinished rows, so that ends of operations matter. */
  private busy = false;

  constructor(
    dataSource: DataSource,
    private readonly rows: DrivenRows,
  ) {
    this.statements = new Statements(dataSource);
    const channels = [rows.channel, OPERATIONS_CHANNEL];
    this.listener = new NotificationListener(dataSource, `bulkhead-${rows.name}-driver`, channels, (channel) => {
      if (this.busy || channel === rows.channel) this.look();
    });
  }

  start(): void {
    this.timer = setInterval(() => {
      this.look();
    }, PERIOD_MS);
    this.look();
  }

  /** Starts no further step and waits for the current one. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearInterval(this.timer);
    await this.looking;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.listener.close();
  }

  /** Looks now, or again after the current look. */
  private look(): void {
    this.lookAgain = true;
    this.looking ??= this.lookUntilQuiet().finally(() => {
      this.looking = null;
    });
  }

  private async lookUntilQuiet(): Promise<void> {
    await this.listener.connect();
    while (this.lookAgain && !this.stopped) {
      this.lookAgain = false;
      try {
        await this.advanceAll();
      } catch (error) {
        this.logger.warn({ err: error }, `failed to look for ${this.rows.name} to advance; will retry`);
      }
      await pause(GATHER_MS);
    }
  }

  private async advanceAll(): Promise<void> {
    const rows = await this.statements.run<{ id: string }>(`unfinished-${this.rows.name}`, this.rows.unfinished, []);
    this.busy = rows.length > 0;
    for (const { id } of rows) await this.advanceOne(id);
  }

  /** Never rejects, so that a failing row does not block the others. */
  private async advanceOne(id: string): Promise<void> {
    try {
      while (!this.stopped && (await this.rows.advance(id)));
    } catch (error) {
      this.logger.warn({ err: error, id }, `failed to advance one of the ${this.rows.name}; will retry`);
    }
  }
}
