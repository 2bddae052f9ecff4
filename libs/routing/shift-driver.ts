import { RowDriver } from '#background';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { ShiftAdvance } from './shift-advance.js';
import { SHIFT_CHANNEL } from './shift-status.js';

/** Brings shifts to their ends. Every worker does; one at a time is at work on a tenant. */
@Injectable()
export class ShiftDriver extends RowDriver {
  constructor(dataSource: DataSource, advance: ShiftAdvance) {
    super(dataSource, {
      name: 'shifts',
      channel: SHIFT_CHANNEL,
      unfinished: 'SELECT id FROM route_shifts WHERE finished_at IS NULL ORDER BY id',
      advance: (id) => advance.advance(id),
    });
  }
}
