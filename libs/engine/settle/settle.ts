import { Batcher } from '#background';
import { jsonOf, retryingConflicts, Statements, uuidOf } from '#persistence';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { type LeaseKeeper } from '../lease/lease-keeper.js';
import { type LeasedTenant } from '../lease/leased-tenant.js';
import { type Outcome } from '../pass/outcome.js';
import { type PassResult } from '../pass/pass-result.js';
import { type StepLog } from '../pass/steps.js';
import { Progress } from './progress.js';
import { SETTLE_HOOKS, type SettleHook } from '../pass/settle-hook.js';
import { SETTLE, SETTLE_UNLOCKED, type SettledRow } from './settle-statement.js';
import { settledRow, unfinishedRow } from './settled-row.js';

export interface SettlementSettings {
  /** Pause before a converged tenant is compared again. */
  resyncMs: number;
  /** Time after which an operation that is still being tried fails. */
  operationDeadlineMs: number;
}

/** Writes the result of a pass, and gives the lease back. */
@Injectable()
export class Settlement {
  /** Passes that end while others are being written are written together; reports for each whether it was written. */
  private readonly batcher = new Batcher<SettledRow, boolean>(async (rows) => {
    const { name, text } = SETTLE_UNLOCKED;
    const settled = await this.statements.run<Pick<SettledRow, 'id' | 'epoch'>>(name, text, [jsonOf(rows)]);
    return rows.map(({ id, epoch }) => settled.some((each) => each.id === id && each.epoch === epoch));
  });

  constructor(
    private readonly dataSource: DataSource,
    private readonly statements: Statements,
    @Inject(SETTLE_HOOKS) private readonly hooks: readonly SettleHook[],
  ) {}

  /**
   * Writes the result of a pass in one transaction that demands the pass's epoch: a holder that lost its lease writes
   * nothing. A plain result, about which no hook has anything to write, shares a single statement with others, and waits
   * for the disk only if the tenant is cut off.
   * @returns false if the lease was lost
   */
  async write(tenant: LeasedTenant, passed: PassResult, settings: SettlementSettings): Promise<boolean> {
    const { resyncMs, operationDeadlineMs } = settings;
    const outcome = await withDeadline(this.dataSource, tenant, passed.outcome, operationDeadlineMs);
    const result = { ...passed, outcome };
    return this.store(tenant, result, settledRow(tenant, result, resyncMs));
  }

  /**
   * Gives the lease of a pass back that had to end: writes what it did to the cluster, and concludes nothing from it.
   * @returns false if the lease was lost
   */
  giveBack(tenant: LeasedTenant, result: PassResult): Promise<boolean> {
    return this.store(tenant, result, unfinishedRow(tenant, result));
  }

  private async store(tenant: LeasedTenant, result: PassResult, row: SettledRow): Promise<boolean> {
    for (const hook of this.hooks) await hook.before?.(tenant, result)?.(this.dataSource.manager);
    const writes = this.hooks.map((hook) => hook.within?.(tenant, result) ?? null).filter((write) => write !== null);
    if (writes.length === 0 && result.removed.length === 0 && (await this.batcher.ask(row))) return true;
    return retryingConflicts(() =>
      this.dataSource.transaction(async (manager) => {
        const cancelled = !(await settle(manager, row));
        if (cancelled && !(await endCancelledPass(manager, row))) return false;
        for (const write of writes) await write(manager, { cancelled });
        return true;
      }),
    );
  }

  /** Records how far a long pass has come, until it is stopped. */
  progressOf(tenant: LeasedTenant, steps: StepLog, keeper: LeaseKeeper): Progress {
    return new Progress(this.dataSource, tenant, steps, keeper);
  }
}

/**
 * Marks the end of a pass that did not settle as overdue if its operation is older than the deadline, or ended that way
 * before: nothing is retried quickly for ever. A tenant that matched before has no operation to end; the next pass over
 * it comes as its problem demands.
 * @param deadlineMs longest life of an operation
 */
async function withDeadline(
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

/** @returns false if the pass must write nothing: its lease is lost, or its operation cancelled */
async function settle(manager: EntityManager, row: SettledRow): Promise<boolean> {
  return (await manager.query<unknown[]>(SETTLE.text, [jsonOf([row])])).length === 1;
}

/**
 * Ends a pass whose operation was cancelled in the meantime: gives the lease back and writes the steps. What the
 * cancellation wrote about the tenant is kept.
 * @returns false if the operation was not cancelled, so the pass lost its lease
 */
async function endCancelledPass(manager: EntityManager, row: SettledRow): Promise<boolean> {
  const { id, epoch, generation, steps, dropped } = row;
  const [, affected] = await manager.query<[unknown, number]>(
    `UPDATE tenants SET lease_owner = NULL, lease_until = NULL,
       next_reconcile_at = CASE WHEN generation = $3 THEN NULL ELSE now() END
     WHERE id = $1 AND lease_epoch = $2 AND cancelled_generation = $3`,
    [id, epoch, generation],
  );
  if (affected !== 1) return false;
  await manager.query(
    `UPDATE operations SET steps = $3::jsonb, steps_dropped = steps_dropped + $4
     WHERE tenant_id = $1 AND generation = $2 AND state = 'cancelled'`,
    [id, generation, jsonOf(steps), dropped],
  );
  return true;
}
