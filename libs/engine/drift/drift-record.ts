import { jsonOf, uuidOf } from '#persistence';
import { type EntityManager } from 'typeorm';

import { type LeasedTenant } from '../lease/leased-tenant.js';
import { openDrift, type PassResult } from '../pass/pass-result.js';
import { type SettleHook } from '../pass/settle-hook.js';

/** Healed episodes that are kept for each tenant. */
const MOST_HEALED = 100;

/** Reports whether an earlier pass left drift, so that this one has to find it gone. */
export function hasOpenDrift({ conditions }: Pick<LeasedTenant, 'conditions'>): boolean {
  return conditions.some(({ type, status }) => type === 'DriftFree' && status === 'False');
}

/** Records what drifted and what was healed. A pass that ended early heals nothing. */
export const driftRecord: SettleHook = {
  within(tenant, result) {
    if (!result.deleted && result.drift === null && !hasOpenDrift(tenant)) return null;
    return (manager) => writeDrift(manager, tenant, result);
  },
};

async function writeDrift(manager: EntityManager, tenant: LeasedTenant, result: PassResult): Promise<void> {
  const { drift, outcome, deleted } = result;
  const id = uuidOf('tenant', tenant.id);
  if (deleted) {
    await manager.query('DELETE FROM tenant_drift WHERE tenant_id = $1', [id]);
    return;
  }
  if (drift !== null) {
    await manager.query(
      `INSERT INTO tenant_drift (id, tenant_id, object, kind, fields, detected_at)
       SELECT gen_random_uuid(), $1, object, kind, fields, least($3::timestamptz, now())
         FROM jsonb_to_recordset($2::jsonb) AS found(object text, kind text, fields jsonb)
       ON CONFLICT (tenant_id, object) WHERE healed_at IS NULL
         DO UPDATE SET kind = excluded.kind, fields = excluded.fields`,
      [id, jsonOf(drift.objects), drift.detectedAt],
    );
  }
  if (outcome.kind !== 'settled') return;
  const open = openDrift(result).map(({ object }) => object);
  await manager.query(
    'UPDATE tenant_drift SET healed_at = now() WHERE tenant_id = $1 AND healed_at IS NULL AND object <> ALL ($2)',
    [id, open],
  );
  await manager.query(
    `DELETE FROM tenant_drift WHERE id IN (
       SELECT id FROM tenant_drift WHERE tenant_id = $1 AND healed_at IS NOT NULL
       ORDER BY healed_at DESC, detected_at DESC OFFSET ${MOST_HEALED})`,
    [id],
  );
}
