import { RowDriver } from '#background';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { RolloutAdvance } from './rollout-advance.js';
import { ROLLOUT_CHANNEL } from './rollout-status.js';

/** Brings rollouts to their ends. Every worker does; a rollout is advanced by one at a time. */
@Injectable()
export class RolloutDriver extends RowDriver {
  constructor(dataSource: DataSource, advance: RolloutAdvance) {
    super(dataSource, {
      name: 'rollouts',
      channel: ROLLOUT_CHANNEL,
      unfinished: 'SELECT id FROM rollouts WHERE watched ORDER BY id',
      advance: (id) => advance.advance(id),
    });
  }
}
