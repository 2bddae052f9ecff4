import { uuidOf } from '#persistence';
import { type DataSource } from 'typeorm';

import { type LeasedTenant } from '../lease/leased-tenant.js';
import { type Outcome } from '../pass/outcome.js';

/**
 * Marks the end of a pass that did not settle as overdue once its operation is older than allowed, or has ended that
 * way before: nothing is tried quickly for ever. A tenant that was as wanted once has no operation to end; it is looked
 * at as its trouble demands.
 * @param deadlineMs longest life of an operation.
 */
export async function withDeadline(
  dataSource: DataSource,
  tenant: LeasedTenant,
  outcome: Outcome,
  deadlineMs: number,
): Promise<Outcome> {
  if (outcome.kind === 'settled' || outcome.kind === 'failed') return outcome;
  if (tenant.observedGeneration === tenant.generation) return outcome;
  const [row] = await dataSource.query<{ overdue: boolean }[]>(
    `SELECT created_at + $3::interval <= now() AS overdue FROM operations
     WHERE tenant_id = $1 AND generation = $2 ORDER BY id DESC LIMIT 1`,
    [uuidOf('tenant', tenant.id), tenant.generation, `${deadlineMs} milliseconds`],
  );
  return row?.overdue === true ? { ...outcome, overdue: true } : outcome;
}
