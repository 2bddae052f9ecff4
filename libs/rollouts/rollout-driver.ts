import { RowDriver } from '#background';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { RolloutAdvance } from './rollout-advance.js';
import { ROLLOUT_CHANNEL } from './rollout-status.js';

/** Advances rollouts until they finish. Every worker runs it; only one advances a rollout at a time. */
@Injectable()
export class RolloutDriver extends RowDriver {
  constructor(dataSource: DataSource, advance: RolloutAdvance) {
    super(dataSource, {
      loop: 'rollout-driver',
      name: 'rollouts',
      channel: ROLLOUT_CHANNEL,
      unfinished: 'SELECT id FROM rollouts WHERE watched ORDER BY id',
      advance: (id) => advance.advance(id),
    });
  }
}
