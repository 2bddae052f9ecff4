import { isDeepStrictEqual } from 'node:util';

import { jsonOf, type Transaction, Transactions } from '#persistence';
import { TenantChanges } from '#tenancy';
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';

import { failuresLeft, nextStep, type RolloutProgress, type RolloutStep } from './rollout-machine.js';
import { collectEnded, lockCandidates, type Tally, tallyOf, writeVerdicts } from './rollout-rows.js';
import { isDriven, isFinished, type RolloutCounts } from './rollout-status.js';
import { type Course, triage, type Verdict } from './triage.js';

/** A rollout as read by the driver; `id` is its uuid. */
interface DrivenRollout extends Course, Omit<RolloutProgress, 'failures' | 'wave'> {
  id: string;
  maxConcurrent: number;
  counts: RolloutCounts;
  requestedBy: string;
  rolledBackBy: string | null;
}

/**
 * Advances a rollout by one step. Level-triggered: the tables contain the state of every tenant, so steps can be
 * repeated, skipped or taken by another worker. A step is one transaction that locks the rollout's row; if the worker
 * dies in it, nothing has changed.
 */
@Injectable()
export class RolloutAdvance {
  constructor(
    private readonly transactions: Transactions,
    private readonly changes: TenantChanges,
  ) {}

  /**
   * @param id uuid of the rollout.
   * @returns true if the next step is due at once; false also if another worker has locked the rollout.
   */
  async advance(id: string): Promise<boolean> {
    return this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      const rollout = await lockRollout(manager, id);
      if (rollout === null) return false;
      const followed = await collectEnded(manager, id, rollout);
      const tally = await tallyOf(manager, id, rollout.direction);
      const step = nextStep({ ...rollout, ...tally });
      const { leftOut, counts } = isDriven(step.state)
        ? await this.start(transaction, rollout, tally)
        : { leftOut: 0, counts: tally.counts };
      await writeRollout(manager, rollout, step, counts);
      return leftOut > 0 || followed > 0;
    });
  }

  /** Starts as many tenants of the current wave as can be in flight; `leftOut` are those that cannot be moved. */
  private async start(
    transaction: Transaction,
    rollout: DrivenRollout,
    tally: Tally,
  ): Promise<{ leftOut: number; counts: RolloutCounts }> {
    const free = rollout.maxConcurrent - tally.counts.updating;
    if (tally.wave === null || free <= 0 || tally.counts.pending === 0) return { leftOut: 0, counts: tally.counts };
    const { manager } = transaction;
    const candidates = await lockCandidates(manager, rollout.id, rollout, { wave: tally.wave, limit: free });
    const verdicts = triage(rollout, candidates, failuresLeft({ ...rollout, ...tally }));
    if (verdicts.length === 0) return { leftOut: 0, counts: tally.counts };
    const moves = verdicts.filter((verdict) => verdict.kind === 'move');
    const by = (rollout.direction === 'back' ? rollout.rolledBackBy : null) ?? rollout.requestedBy;
    const changed = await this.changes.change(
      transaction,
      'update',
      moves.map(({ tenantId: id, version }) => ({ id, by, set: { planVersion: version } })),
    );
    const operations = new Map(changed.map(({ id, operationId }) => [id, operationId]));
    await writeVerdicts(manager, rollout.id, verdicts, operations);
    return { leftOut: verdicts.length - moves.length, counts: countsAfter(tally.counts, verdicts) };
  }
}

/** Locks the rollout; null if there is nothing to do or another worker has locked it. */
async function lockRollout(manager: EntityManager, id: string): Promise<DrivenRollout | null> {
  const rows = await manager.query<DrivenRollout[]>(
    `SELECT id, plan_id AS "planId", to_version AS "toVersion", direction, state, reason, max_failures AS "maxFailures",
       tolerated_failures AS "toleratedFailures", pause_after_canary AS "pauseAfterCanary",
       max_concurrent AS "maxConcurrent", counts, requested_by AS "requestedBy", rolled_back_by AS "rolledBackBy"
     FROM rollouts WHERE id = $1 AND watched FOR UPDATE SKIP LOCKED`,
    [id],
  );
  return rows[0] ?? null;
}

/** Keeps the rollout watched while tenants are pending or in flight, whatever its state. */
async function writeRollout(
  manager: EntityManager,
  rollout: DrivenRollout,
  { state, reason }: RolloutStep,
  counts: RolloutCounts,
): Promise<void> {
  const watched = isDriven(state) || counts.updating > 0;
  const before = [rollout.state, rollout.reason, rollout.counts];
  if (watched && isDeepStrictEqual(before, [state, reason, counts])) return;
  await manager.query(
    `UPDATE rollouts SET state = $2, reason = $3::jsonb, counts = $4::jsonb, watched = $5, updated_at = now(),
       finished_at = CASE WHEN $6 THEN coalesce(finished_at, statement_timestamp()) END
     WHERE id = $1`,
    [rollout.id, state, reason === null ? null : jsonOf(reason), jsonOf(counts), watched, isFinished(state)],
  );
}

function countsAfter(counts: RolloutCounts, verdicts: readonly Verdict[]): RolloutCounts {
  const number = (kind: Verdict['kind']): number => verdicts.filter((verdict) => verdict.kind === kind).length;
  return {
    ...counts,
    pending: counts.pending - verdicts.length,
    updating: counts.updating + number('move'),
    failed: counts.failed + number('failed'),
    skipped: counts.skipped + number('skipped'),
  };
}
