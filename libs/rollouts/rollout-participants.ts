import { idOf, uuidOf } from '#persistence';
import { type EntityManager } from 'typeorm';

import { type Canary } from './rollout-status.js';

/** The participants of a rollout and their order. */
export interface Participants {
  planId: string;
  toVersion: number;
  /** Null for every other version. */
  from: number[] | null;
  canary: Canary;
  batchSize: number | null;
}

/** `$1` plan, `$2` version to move to, `$3` versions to move from or null. */
const TAKES_PART = `plan_id = $1 AND plan_version <> $2 AND ($3::integer[] IS NULL OR plan_version = ANY($3))
  AND deletion_requested_at IS NULL AND deletes_at IS NULL AND deleted_at IS NULL`;

/** Returns the named canary tenants that take part. */
export async function takingPart(manager: EntityManager, participants: Participants): Promise<Set<string>> {
  const { planId, toVersion, from, canary } = participants;
  if (canary.tenantIds.length === 0) return new Set();
  const rows = await manager.query<{ id: string }[]>(
    `SELECT id FROM tenants WHERE ${TAKES_PART} AND id = ANY($4::uuid[])`,
    [planId, toVersion, from, uuidsOf(canary)],
  );
  return new Set(rows.map(({ id }) => idOf('tenant', id)));
}

/**
 * Records the participants: first the named canary tenants, then all others, newest first, because those have the least
 * to lose. The canary is wave 0.
 * @returns the number of participants.
 */
export async function addTenants(
  manager: EntityManager,
  rolloutId: string,
  participants: Participants,
): Promise<number> {
  const { planId, toVersion, from, canary, batchSize } = participants;
  const inCanary = Math.max(canary.tenants, canary.tenantIds.length);
  const [row] = await manager.query<{ count: number }[]>(
    `WITH ordered AS (
       SELECT id, plan_version, (row_number() OVER (ORDER BY id = ANY($4::uuid[]) DESC, id DESC))::int - 1 AS position
       FROM tenants WHERE ${TAKES_PART}
     ), added AS (
       INSERT INTO rollout_tenants
         (rollout_id, tenant_id, position, wave, canary, previous_version, direction, state)
       SELECT $5, id, position,
         CASE WHEN position < $6 THEN 0 WHEN $7::int IS NULL THEN 1 ELSE 1 + (position - $6) / $7 END,
         position < $6, plan_version, 'forward', 'pending'
       FROM ordered RETURNING 1)
     SELECT count(*)::int AS count FROM added`,
    [planId, toVersion, from, uuidsOf(canary), uuidOf('rollout', rolloutId), inCanary, batchSize],
  );
  return row?.count ?? 0;
}

function uuidsOf({ tenantIds }: Canary): string[] {
  return tenantIds.map((id) => uuidOf('tenant', id)).filter((uuid) => uuid !== null);
}
