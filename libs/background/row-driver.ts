import { setTimeout as pause } from 'node:timers/promises';

import { Statements } from '#persistence';
import { type BeforeApplicationShutdown, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type DataSource } from 'typeorm';

import { NotificationListener } from './notification-listener.js';

/** How often a worker looks by itself: the longest delay when notifications are lost. */
const PERIOD_MS = 1_000;
/** How long a look waits for more to happen: operations that end together are written down together. */
const GATHER_MS = 10;
const OPERATIONS_CHANNEL = 'bulkhead_operations';

/** Rows that workers bring to their ends, step by step. */
export interface DrivenRows {
  /** What they are, in the plural: for the log and the connection. */
  name: string;
  /** Where Postgres tells that somebody has changed one. */
  channel: string;
  /** SQL that gives the `id` of each row that is not at its end. */
  unfinished: string;
  /** Brings one a step further; whether the next step is due at once. */
  advance: (id: string) => Promise<boolean>;
}

/**
 * Advances every row that has something to do: when an operation has ended, when somebody has changed a row, and once a
 * second. Every worker does; that a row is advanced by one at a time is the matter of `advance`. It ends with the program
 * that it is a part of.
 */
export abstract class RowDriver implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(RowDriver.name);
  private readonly listener: NotificationListener;
  private readonly statements: Statements;
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;
  private lookAgain = false;
  private stopped = false;
  /** There was something to do at the last look, so ends of operations matter. */
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

  /** Takes no further step, and resolves when the one under way is done. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearInterval(this.timer);
    await this.looking;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.listener.close();
  }

  /** Looks now, or again after the look that is under way. */
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
        this.logger.warn({ err: error }, `${this.rows.name} were not looked at; the next look follows`);
      }
      await pause(GATHER_MS);
    }
  }

  private async advanceAll(): Promise<void> {
    const rows = await this.statements.run<{ id: string }>(`unfinished-${this.rows.name}`, this.rows.unfinished, []);
    this.busy = rows.length > 0;
    for (const { id } of rows) await this.advanceOne(id);
  }

  /** One that cannot be advanced does not keep the others waiting. */
  private async advanceOne(id: string): Promise<void> {
    try {
      while (!this.stopped && (await this.rows.advance(id)));
    } catch (error) {
      this.logger.warn({ err: error, id }, `one of the ${this.rows.name} was not advanced; the next look follows`);
    }
  }
}
