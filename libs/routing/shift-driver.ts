import { RowDriver } from '#background';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { ShiftAdvance } from './shift-advance.js';
import { SHIFT_CHANNEL } from './shift-status.js';

/** Advances shifts until they finish. Every worker runs it; only one works on a tenant at a time. */
@Injectable()
export class ShiftDriver extends RowDriver {
  constructor(dataSource: DataSource, advance: ShiftAdvance) {
    super(dataSource, {
      loop: 'shift-driver',
      name: 'shifts',
      channel: SHIFT_CHANNEL,
      unfinished: 'SELECT id FROM route_shifts WHERE finished_at IS NULL ORDER BY id',
      advance: (id) => advance.advance(id),
    });
  }
}
