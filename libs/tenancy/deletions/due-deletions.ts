import { Transactions } from '#persistence';
import { Injectable } from '@nestjs/common';

import { TenantChanges } from '../changes/tenant-changes.js';

const BATCH = 100;

/**
 * Begins the deletions whose retention is over. Only the database's clock counts: a worker whose clock is wrong deletes
 * nothing early. A tenant that is frozen keeps everything until the hold is lifted, however long that takes: it may be
 * evidence.
 */
@Injectable()
export class DueDeletions {
  constructor(
    private readonly transactions: Transactions,
    private readonly changes: TenantChanges,
  ) {}

  /** Turns what is due into operations of kind `delete`. */
  async begin(): Promise<void> {
    await this.transactions.run(async (transaction) => {
      const due = await transaction.manager.query<{ id: string; by: string; now: Date }[]>(
        `SELECT id, deletion_scheduled_by AS by, now() FROM tenants t
         WHERE deletion_requested_at IS NULL AND deletes_at <= now() AND (lease_until IS NULL OR lease_until <= now())
           AND NOT EXISTS (
             SELECT FROM holds h WHERE h.tenant_id = t.id AND h.lifted_at IS NULL AND h.effect = 'freeze')
         ORDER BY deletes_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
      );
      const tenants = due.map(({ id, by, now }) => {
        return { id, by, set: { phase: 'deleting' as const, deletionRequestedAt: now } };
      });
      await this.changes.change(transaction, 'delete', tenants);
    });
  }
}
