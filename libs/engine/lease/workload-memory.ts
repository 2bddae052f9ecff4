import { jsonOf, uuidOf } from '#persistence';
import { type DataSource } from 'typeorm';

import { LeaseLost } from './pass-ended.js';
import { type RememberedWorkload } from './remembered-workload.js';

/** The holder of a lease, with its fencing token. */
interface Holder {
  id: string;
  epoch: string;
}

/**
 * Remembers the state of workloads before their suspension. Both writes demand the pass's epoch, so that a holder that
 * lost its lease changes nothing that its successor relies on.
 */
export class WorkloadMemory {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Remembers workloads before they are suspended. One that is known already was restarted by something else: fields
   * that it changed are remembered anew, the others are kept.
   * @throws LeaseLost
   */
  async remember(tenant: Holder, workloads: readonly RememberedWorkload[]): Promise<void> {
    const rows = await this.dataSource.query<unknown[]>(
      `WITH holder AS (SELECT id FROM tenants WHERE id = $1 AND lease_epoch = $2 FOR SHARE)
       INSERT INTO suspended_workloads AS known
         (tenant_id, uid, api_version, kind, namespace, name, resource_version, restore)
       SELECT holder.id, w.uid, w."apiVersion", w.kind, w.namespace, w.name, w."resourceVersion", w.restore
       FROM holder, jsonb_to_recordset($3::jsonb) AS w(uid text, "apiVersion" text, kind text, namespace text,
         name text, "resourceVersion" text, restore jsonb)
       ON CONFLICT ON CONSTRAINT suspended_workloads_pkey DO UPDATE SET
         resource_version = excluded.resource_version,
         restore = known.restore || excluded.restore || CASE WHEN known.restore ? 'spec'
           THEN jsonb_build_object('spec', (known.restore -> 'spec') || (excluded.restore -> 'spec')) ELSE '{}' END
       RETURNING uid`,
      [uuidOf('tenant', tenant.id), tenant.epoch, jsonOf(workloads)],
    );
    if (rows.length !== workloads.length) throw new LeaseLost('the lease was lost');
  }

  /** Forgets workloads that are restored or gone. Without the lease nothing is forgotten. */
  async forget(tenant: Holder, uids: readonly string[]): Promise<void> {
    if (uids.length === 0) return;
    await this.dataSource.query(
      `DELETE FROM suspended_workloads w USING tenants t
       WHERE t.id = $1 AND t.lease_epoch = $2 AND w.tenant_id = t.id AND w.uid = ANY($3::text[])`,
      [uuidOf('tenant', tenant.id), tenant.epoch, uids],
    );
  }
}
