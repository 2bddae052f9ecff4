import { idOf } from '#persistence';
import { JobQueue } from '#queue';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { DueDeletions } from './due-deletions.js';

const PERIOD_MS = 1_000;
const BATCH = 500;
/** How long the sweeper leaves a tenant to the queue before it wakes it again. */
const GRACE = '15 seconds';

/**
 * Wakes every tenant whose `next_reconcile_at` has passed: wake-ups that were lost, holders that died,
 * retries that are due, tenants to compare again. The queue may lose everything; this finds it again.
 */
@Injectable()
export class Sweeper implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Sweeper.name);
  private timer: NodeJS.Timeout | null = null;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly queue: JobQueue,
    private readonly dueDeletions: DueDeletions,
  ) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.sweeping = this.sweepAndLog().finally(() => {
        if (this.timer !== null) this.start();
      });
    }, PERIOD_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    await this.sweeping;
  }

  /** One look; returns how many tenants were woken. Several workers may look at the same time. */
  async sweep(): Promise<number> {
    await this.dueDeletions.begin();
    const [rows] = await this.dataSource.query<[{ id: string }[], number]>(
      `UPDATE tenants SET next_reconcile_at = now() + interval '${GRACE}'
       WHERE id IN (
         SELECT id FROM tenants
         WHERE deleted_at IS NULL AND next_reconcile_at <= now() AND (lease_until IS NULL OR lease_until <= now())
         ORDER BY next_reconcile_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
       RETURNING id`,
    );
    await Promise.all(rows.map(({ id }) => this.queue.add('reconcile-tenant', { tenantId: idOf('tenant', id) })));
    return rows.length;
  }

  private async sweepAndLog(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      this.logger.warn({ err: error }, 'a sweep failed; the next one follows');
    }
  }
}
