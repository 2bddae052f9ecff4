import { uuidOf } from '#persistence';
import { type EntityManager } from 'typeorm';

import { type LeasedTenant } from '../lease/leased-tenant.js';
import { type Outcome, type Trouble } from '../pass/outcome.js';
import { type DriftedObject, type DriftNote } from '../pass/pass-result.js';

/** What stands in the way of `DriftFree`: the condition's text, and the kinds of the objects that are not as wanted. */
export interface RemainingDrift {
  trouble: Trouble;
  kinds: ReadonlySet<string>;
}

interface PassEnd {
  outcome: Outcome;
  deleted: boolean;
  drift?: DriftNote;
}

/** Objects that a message names. */
const MOST_NAMED = 5;
/** Episodes that are over and kept, a tenant. */
const MOST_HEALED = 100;

/** Drift that is still there after a pass; null when there is none, or the pass did not get as far as looking. */
export function remainingDrift(end: PassEnd): RemainingDrift | null {
  const objects = openObjects(end);
  if (objects.length === 0) return null;
  const names = objects.map(({ object }) => object).sort();
  const rest = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  const verb = names.length === 1 ? 'object differs' : 'objects differ';
  const message = `${names.length} ${verb} from what is wanted: ${names.slice(0, MOST_NAMED).join(', ')}${rest}.`;
  const trouble = { reason: 'DriftFound', message, object: names[0] ?? null, kind: null };
  return { trouble, kinds: new Set(objects.map(({ objectKind }) => objectKind)) };
}

/** Whether an earlier pass left drift, which a pass has to find gone. */
export function hasOpenDrift({ conditions }: Pick<LeasedTenant, 'conditions'>): boolean {
  return conditions.some(({ type, status }) => type === 'DriftFree' && status === 'False');
}

/**
 * Writes down what drifted and what was put right, inside the transaction that settles the pass. A pass that ended
 * early puts nothing right.
 */
export async function writeDrift(manager: EntityManager, tenant: LeasedTenant, end: PassEnd): Promise<void> {
  const { drift, outcome, deleted } = end;
  const id = uuidOf('tenant', tenant.id);
  if (deleted) {
    await manager.query('DELETE FROM tenant_drift WHERE tenant_id = $1', [id]);
    return;
  }
  if (drift === undefined && !hasOpenDrift(tenant)) return;
  if (drift !== undefined) {
    await manager.query(
      `INSERT INTO tenant_drift (id, tenant_id, object, kind, fields, detected_at)
       SELECT gen_random_uuid(), $1, object, kind, fields, least($3::timestamptz, now())
         FROM jsonb_to_recordset($2::jsonb) AS found(object text, kind text, fields jsonb)
       ON CONFLICT (tenant_id, object) WHERE healed_at IS NULL
         DO UPDATE SET kind = excluded.kind, fields = excluded.fields`,
      [id, JSON.stringify(drift.objects), drift.detectedAt],
    );
  }
  if (outcome.kind !== 'settled') return;
  const open = openObjects(end).map(({ object }) => object);
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

function openObjects({ outcome, drift }: PassEnd): DriftedObject[] {
  if (drift === undefined) return [];
  return outcome.kind === 'settled' ? drift.objects.filter(({ left }) => left) : drift.objects;
}
