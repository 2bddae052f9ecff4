import { uuidOf } from '#persistence';
import { type EntityManager } from 'typeorm';

import { type LeasedTenant } from '../lease/leased-tenant.js';
import { type StepLog } from '../pass/steps.js';

/**
 * Ends a pass whose operation was cancelled meanwhile: the lease is given back and the steps are written down, and what
 * the cancellation said about the tenant stays.
 * @returns false when the operation was not cancelled, so the pass lost its lease.
 */
export async function endCancelledPass(manager: EntityManager, tenant: LeasedTenant, steps: StepLog): Promise<boolean> {
  const id = uuidOf('tenant', tenant.id);
  const [, affected] = await manager.query<[unknown, number]>(
    `UPDATE tenants SET lease_owner = NULL, lease_until = NULL,
       next_reconcile_at = CASE WHEN generation = $3 THEN NULL ELSE now() END
     WHERE id = $1 AND lease_epoch = $2 AND cancelled_generation = $3`,
    [id, tenant.epoch, tenant.generation],
  );
  if (affected !== 1) return false;
  await manager.query(
    `UPDATE operations SET steps = $3::jsonb, steps_dropped = steps_dropped + $4
     WHERE tenant_id = $1 AND generation = $2 AND state = 'cancelled'`,
    [id, tenant.generation, JSON.stringify(steps.all()), steps.takeDropped()],
  );
  return true;
}
