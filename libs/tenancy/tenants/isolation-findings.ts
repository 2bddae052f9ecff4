import { jsonOf, uuidOf } from '#persistence';
import { type EntityManager } from 'typeorm';

import { type IsolationFindings } from './tenant-status.js';
import { wakeTenants } from './wake.js';

/**
 * Stores what an isolation check found wrong with a tenant, and wakes the tenant if that is new, so that its next pass
 * reports it. Takes two statements, which belong in one transaction.
 * @param findings null: nothing is wrong.
 * @returns false when the tenant is no longer at the generation that was checked, or is being deleted: nothing is stored.
 */
export async function storeIsolationFindings(
  manager: EntityManager,
  { id, generation }: { id: string; generation: number },
  findings: IsolationFindings | null,
): Promise<boolean> {
  const [rows] = await manager.query<[{ changed: boolean }[], number]>(
    `UPDATE tenants t SET isolation_findings = $3::jsonb
     FROM (SELECT id, isolation_findings FROM tenants WHERE id = $1 FOR NO KEY UPDATE) before
     WHERE t.id = before.id AND t.generation = $2 AND t.deletion_requested_at IS NULL
     RETURNING before.isolation_findings IS DISTINCT FROM $3::jsonb AS changed`,
    [uuidOf('tenant', id), generation, findings === null ? null : jsonOf(findings)],
  );
  if (rows[0]?.changed === true) await wakeTenants(manager, [id]);
  return rows.length > 0;
}
