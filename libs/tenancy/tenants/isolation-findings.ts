import { jsonOf, uuidOf } from '#persistence';
import { type EntityManager } from 'typeorm';

import { type IsolationFindings } from './tenant-status.js';

/**
 * Stores what an isolation check found wrong with a tenant, and makes the tenant due if that is new, so that its next
 * pass reports it.
 * @param findings null: nothing is wrong.
 * @returns false when the tenant is no longer at the generation that was checked, or is being deleted: nothing is stored.
 */
export async function storeIsolationFindings(
  manager: EntityManager,
  { id, generation }: { id: string; generation: number },
  findings: IsolationFindings | null,
): Promise<boolean> {
  const [, changed] = await manager.query<[unknown, number]>(
    `UPDATE tenants SET isolation_findings = $3::jsonb,
       next_reconcile_at = CASE WHEN isolation_findings IS NOT DISTINCT FROM $3::jsonb THEN next_reconcile_at ELSE now() END
     WHERE id = $1 AND generation = $2 AND deletion_requested_at IS NULL`,
    [uuidOf('tenant', id), generation, findings === null ? null : jsonOf(findings)],
  );
  return changed > 0;
}
