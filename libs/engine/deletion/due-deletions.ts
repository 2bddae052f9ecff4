import { newId, uuidOf } from '#persistence';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

const BATCH = 100;

/**
 * Starts the deletions whose retention is over. Only the database's clock counts: a worker with a wrong clock deletes
 * nothing early. A frozen tenant keeps everything until the hold is lifted, because it may be evidence.
 */
@Injectable()
export class DueDeletions {
  constructor(private readonly dataSource: DataSource) {}

  /** Turns due deletions into operations of kind `delete`; the sweep that follows wakes the tenants. */
  async begin(): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const due = await manager.query<{ id: string }[]>(
        `SELECT id FROM tenants t
         WHERE deletion_requested_at IS NULL AND deletes_at <= now() AND (lease_until IS NULL OR lease_until <= now())
           AND NOT EXISTS (
             SELECT FROM holds h WHERE h.tenant_id = t.id AND h.lifted_at IS NULL AND h.effect = 'freeze')
         ORDER BY deletes_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
      );
      if (due.length === 0) return;
      const pairs = due.map(({ id }) => ({ tenant: id, operation: uuidOf('op', newId('op')) }));
      await manager.query(
        `WITH superseded AS (UPDATE operations SET state = 'superseded', finished_at = now()
           WHERE tenant_id = ANY($1::uuid[]) AND finished_at IS NULL RETURNING id)
         SELECT pg_notify('bulkhead_operations', id::text) FROM superseded`,
        [due.map(({ id }) => id)],
      );
      await manager.query(
        `WITH begun AS (
           UPDATE tenants SET generation = generation + 1, revision = revision + 1, phase = 'deleting',
             deletion_requested_at = now(), failure_count = 0, next_reconcile_at = now(), updated_at = now()
           WHERE id = ANY($1::uuid[]) RETURNING id, generation, deletion_scheduled_by)
         INSERT INTO operations (id, tenant_id, kind, state, generation, requested_by)
         SELECT pair.operation, begun.id, 'delete', 'pending', begun.generation, begun.deletion_scheduled_by
         FROM begun JOIN jsonb_to_recordset($2::jsonb) AS pair(tenant uuid, operation uuid) ON pair.tenant = begun.id`,
        [due.map(({ id }) => id), JSON.stringify(pairs)],
      );
    });
  }
}
