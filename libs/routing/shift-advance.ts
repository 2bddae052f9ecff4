import { type ClusterFacts, missingCapabilityFor } from '#isolation';
import { jsonOf, type Transaction, Transactions } from '#persistence';
import { type RouteRule } from '#plans';
import { TenantChanges } from '#tenancy';
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';

import { nextMove, type ShiftMove, type ShiftProgress } from './shift-machine.js';
import { isFinished } from './shift-status.js';
import { shiftedRules } from './shift-weights.js';

/** A shift as read by a worker; ids are uuids. */
interface DrivenShift extends Omit<ShiftProgress, 'tenant'> {
  id: string;
  tenantId: string;
  route: string;
  from: string;
  to: string;
  toPort: number | null;
  originalRules: RouteRule[];
  rules: RouteRule[];
  tlsSecret: string | null;
  requestedBy: string;
  observedGeneration: number;
  failed: boolean;
  isHeld: boolean;
  facts: ClusterFacts | null;
}

/** Uses the clock of Postgres, because those of workers can differ. */
const READ = `
  SELECT s.id, s.tenant_id AS "tenantId", s.route, s.from_service AS "from", s.to_service AS "to", s.to_port AS "toPort",
    s.steps, s.state, s.reason, s.step, s.step_generation AS "stepGeneration", s.original_rules AS "originalRules",
    s.requested_by AS "requestedBy",
    (extract(epoch FROM clock_timestamp() - s.settled_at) * 1000)::double precision AS "settledMs",
    r.rules, r.tls_secret AS "tlsSecret", t.observed_generation AS "observedGeneration", t.phase = 'failed' AS failed,
    t.deletion_requested_at IS NOT NULL OR (t.deletion_scheduled_at IS NOT NULL AND t.deletion_suspends)
      OR EXISTS (SELECT FROM holds h WHERE h.tenant_id = t.id AND h.lifted_at IS NULL) AS "isHeld", c.facts
  FROM route_shifts s JOIN routes r ON r.tenant_id = s.tenant_id AND r.name = s.route
    JOIN tenants t ON t.id = s.tenant_id JOIN clusters c ON c.id = t.cluster_id
  WHERE s.id = $1 AND s.finished_at IS NULL`;

/**
 * Advances a shift by one move. Level-triggered: the tables contain its state, so moves can be repeated, skipped or
 * made by another worker. A step is one transaction: the weights of the route, the tenant's next generation, the
 * operation and the number of the step. If the worker dies in it, nothing has changed.
 */
@Injectable()
export class ShiftAdvance {
  constructor(
    private readonly transactions: Transactions,
    private readonly changes: TenantChanges,
  ) {}

  /**
   * @param id uuid of the shift.
   * @returns true if the next move is due at once; false also if another worker has locked the tenant.
   */
  async advance(id: string): Promise<boolean> {
    return this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      const [seen] = await manager.query<DrivenShift[]>(READ, [id]);
      // Most looks find nothing to do, so read without locking first.
      if (seen === undefined || moveOf(seen).kind === 'stay') return false;
      const locked = await manager.query<unknown[]>('SELECT FROM tenants WHERE id = $1 FOR UPDATE SKIP LOCKED', [
        seen.tenantId,
      ]);
      if (locked.length === 0) return false;
      const [shift] = await manager.query<DrivenShift[]>(`${READ} FOR UPDATE OF s`, [id]);
      const move: ShiftMove = shift === undefined ? { kind: 'stay' } : moveOf(shift);
      if (shift === undefined || move.kind === 'stay') return false;
      if (move.kind === 'step') await this.take(transaction, shift, move.step);
      else await noteDown(manager, shift, move);
      return move.kind === 'note' && !isFinished(move.state);
    });
  }

  private async take(transaction: Transaction, shift: DrivenShift, step: number): Promise<void> {
    const { manager } = transaction;
    const { id, tenantId, route, originalRules, requestedBy, from, to, toPort } = shift;
    const rules = shiftedRules(originalRules, { from, to, toPort }, shift.steps[step]?.weight ?? 0);
    await manager.query(
      `UPDATE routes SET rules = $3::jsonb, revision = revision + 1, updated_at = now()
       WHERE tenant_id = $1 AND name = $2`,
      [tenantId, route, jsonOf(rules)],
    );
    const [changed] = await this.changes.change(transaction, 'update', [{ id: tenantId, by: requestedBy }]);
    if (changed === undefined) throw new Error('a tenant that was locked is gone');
    await manager.query(
      `UPDATE route_shifts SET step = $2, step_generation = $3, operation_id = $4, state = 'running', reason = NULL,
         settled_at = NULL, updated_at = now()
       WHERE id = $1`,
      [id, step, changed.generation, changed.operationId],
    );
  }
}

function moveOf(shift: DrivenShift): ShiftMove {
  const { observedGeneration, failed } = shift;
  return nextMove({ ...shift, tenant: { observedGeneration, failed, held: heldBecause(shift) } });
}

/** Returns why the shift is on hold: a tenant out of service gets no requests, so no step could prove itself. */
function heldBecause(shift: DrivenShift): string | null {
  if (shift.isHeld) return 'The tenant is on hold or to be deleted. The shift continues when it is in service.';
  const lacking = shift.facts && missingCapabilityFor(shift, shift.facts);
  return lacking === null ? null : `The route cannot be carried out: ${lacking.detail}`;
}

async function noteDown(
  manager: EntityManager,
  { id }: DrivenShift,
  { state, reason, settled }: Extract<ShiftMove, { kind: 'note' }>,
): Promise<void> {
  await manager.query(
    `UPDATE route_shifts SET state = $2, reason = $3::jsonb, updated_at = now(),
       settled_at = CASE WHEN $4 THEN coalesce(settled_at, clock_timestamp()) END,
       finished_at = CASE WHEN $5 THEN clock_timestamp() END
     WHERE id = $1`,
    [id, state, reason === null ? null : jsonOf(reason), settled, isFinished(state)],
  );
}
