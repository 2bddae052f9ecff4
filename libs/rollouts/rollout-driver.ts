import { RowDriver } from '#persistence';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { RolloutAdvance } from './rollout-advance.js';
import { ROLLOUT_CHANNEL } from './rollout-status.js';

/** Brings rollouts to their ends. Every worker does; a rollout is advanced by one at a time. */
@Injectable()
export class RolloutDriver implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly driver: RowDriver;

  constructor(dataSource: DataSource, advance: RolloutAdvance) {
    this.driver = new RowDriver(dataSource, {
      name: 'rollouts',
      channel: ROLLOUT_CHANNEL,
      unfinished: 'SELECT id FROM rollouts WHERE watched ORDER BY id',
      advance: (id) => advance.advance(id),
    });
  }

  start(): void {
    this.driver.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.driver.stop();
  }

  onApplicationShutdown(): Promise<void> {
    return this.driver.close();
  }
}
