import { setTimeout as pause } from 'node:timers/promises';

import { NotificationListener } from '#persistence';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { RolloutAdvance } from './rollout-advance.js';
import { ROLLOUT_CHANNEL } from './rollout-status.js';

/** How often a worker looks by itself: the longest delay when notifications are lost. */
const PERIOD_MS = 1_000;
/** How long a look waits for more to happen: operations that end together are written down together. */
const GATHER_MS = 10;

/**
 * Advances every rollout that has something to do: when an operation has ended, when somebody has changed a rollout,
 * and once a second. Every worker does; a rollout is advanced by one at a time.
 */
@Injectable()
export class RolloutDriver implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(RolloutDriver.name);
  private readonly listener: NotificationListener;
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;
  private lookAgain = false;
  private stopped = false;
  /** There was something to do at the last look, so ends of operations matter. */
  private busy = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly advance: RolloutAdvance,
  ) {
    const channels = [ROLLOUT_CHANNEL, 'bulkhead_operations'];
    this.listener = new NotificationListener(dataSource, 'bulkhead-rollout-driver', channels, (channel) => {
      if (this.busy || channel === ROLLOUT_CHANNEL) this.look();
    });
  }

  start(): void {
    this.timer = setInterval(() => {
      this.look();
    }, PERIOD_MS);
    this.look();
  }

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
        this.logger.warn({ err: error }, 'rollouts were not looked at; the next look follows');
      }
      await pause(GATHER_MS);
    }
  }

  private async advanceAll(): Promise<void> {
    const rows = await this.dataSource.query<{ id: string }[]>('SELECT id FROM rollouts WHERE watched ORDER BY id');
    this.busy = rows.length > 0;
    for (const { id } of rows) await this.advanceOne(id);
  }

  /** One rollout that cannot be advanced does not keep the others waiting. */
  private async advanceOne(id: string): Promise<void> {
    try {
      while (!this.stopped && (await this.advance.advance(id)));
    } catch (error) {
      this.logger.warn({ err: error, rollout: id }, 'a rollout was not advanced; the next look follows');
    }
  }
}
