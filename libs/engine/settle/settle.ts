import { Gathered } from '#background';
import { lookSoon, noteStanding } from '#links/worker';
import { Statements, uuidOf } from '#persistence';
import { type Condition, type OperationError, type OperationState, type TenantPhase } from '#tenancy';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { DeletionCertificates } from '../deletion/deletion-certificates.js';
import { hasOpenDrift, remainingDrift, writeDrift } from '../drift/drift-record.js';
import { phaseOf } from '../holds/held-tenant.js';
import { type LeaseKeeper } from '../lease/lease-keeper.js';
import { type LeasedTenant } from '../lease/leased-tenant.js';
import { type Outcome } from '../pass/outcome.js';
import { type PassResult } from '../pass/pass-result.js';
import { type StepLog } from '../pass/steps.js';
import { endCancelledPass } from './cancelled-pass.js';
import { conditionsAfter, conditionsOfDeleted } from './conditions.js';
import { withDeadline } from './deadline.js';
import { jittered, retryPauseMs } from './pauses.js';
import { Progress } from './progress.js';
import { SETTLE, SETTLE_UNLOCKED, type SettledRow } from './settle-statement.js';

export interface SettlementSettings {
  /** When to compare again if nothing changes. */
  resyncMs: number;
  /** How long an operation is tried before it ends as failed. */
  operationDeadlineMs: number;
}

/** What is written on the tenant's row. */
interface Verdict {
  phase: TenantPhase;
  conditions: Condition[];
  observed: boolean;
  failureCount: number;
  /** Null: nobody has to look before the next change. */
  nextInMs: number | null;
}

/** Writes what a pass observed, and gives the lease back. */
@Injectable()
export class Settlement {
  /** Passes that end while others are being written down are written down together; says of each whether it was. */
  private readonly gathered = new Gathered<SettledRow, boolean>(async (rows) => {
    const { name, text } = SETTLE_UNLOCKED;
    const settled = await this.statements.run<Pick<SettledRow, 'id' | 'epoch'>>(name, text, [JSON.stringify(rows)]);
    return rows.map(({ id, epoch }) => settled.some((each) => each.id === id && each.epoch === epoch));
  });

  constructor(
    private readonly dataSource: DataSource,
    private readonly statements: Statements,
    private readonly certificates: DeletionCertificates,
  ) {}

  /**
   * Writes the result in one transaction that demands the pass's epoch: a holder that lost its lease
   * writes nothing.
   * @returns false when the lease was lost.
   */
  async write(tenant: LeasedTenant, result: PassResult, settings: SettlementSettings): Promise<boolean> {
    const { resyncMs, operationDeadlineMs } = settings;
    result.outcome = await withDeadline(this.dataSource, tenant, result.outcome, operationDeadlineMs);
    await noteStanding(this.dataSource.manager, tenant, result.links ?? []);
    const isService = ({ kind }: { kind: string }): boolean => kind === 'Service';
    if ([...result.applied, ...result.removed].some(isService)) await lookSoon(this.dataSource.manager, tenant.id);
    const row = rowOf(tenant, result, verdictOf(tenant, result, resyncMs));
    const isPlain = !result.deleted && result.drift === undefined && !hasOpenDrift(tenant);
    if (isPlain && result.removed.length === 0 && (await this.gathered.ask(row))) return true;
    return this.dataSource.transaction(async (manager) => {
      const written = await settle(manager, row);
      if (!written && !(await endCancelledPass(manager, tenant, result.steps))) return false;
      if (written && result.deleted) await this.writeEnd(manager, tenant, result);
      await writeDrift(manager, tenant, result);
      return true;
    });
  }

  /** Writes down how far a pass has come, from when it takes long until it is stopped. */
  progressOf(tenant: LeasedTenant, steps: StepLog, keeper: LeaseKeeper): Progress {
    return new Progress(this.dataSource, tenant, steps, keeper);
  }

  /** Gives up the names of a tenant that is gone, and certifies that it is. */
  private async writeEnd(manager: EntityManager, tenant: LeasedTenant, result: PassResult): Promise<void> {
    // The certificate lists the inventory.
    await this.certificates.issue(manager, tenant, result);
    const id = uuidOf('tenant', tenant.id);
    await manager.query('UPDATE environments SET released_at = now() WHERE tenant_id = $1', [id]);
    await manager.query('DELETE FROM tenant_objects WHERE tenant_id = $1', [id]);
    await manager.query('DELETE FROM suspended_workloads WHERE tenant_id = $1', [id]);
    // With their shifts.
    await manager.query('DELETE FROM routes WHERE tenant_id = $1', [id]);
    await manager.query('DELETE FROM hosts WHERE tenant_id = $1', [id]);
  }
}

/** @returns false when the pass may write nothing: its lease is lost, or its operation cancelled. */
async function settle(manager: EntityManager, row: SettledRow): Promise<boolean> {
  return (await manager.query<unknown[]>(SETTLE.text, [JSON.stringify([row])])).length === 1;
}

function rowOf(tenant: LeasedTenant, result: PassResult, verdict: Verdict): SettledRow {
  const { phase, conditions, observed, failureCount, nextInMs } = verdict;
  const { outcome, steps, applied, removed, deleted } = result;
  return {
    ...{ id: uuidOf('tenant', tenant.id) ?? '', epoch: tenant.epoch, generation: tenant.generation },
    ...{ phase, conditions, observed, failureCount, deleted, removed, applied },
    nextIn: nextInMs === null ? null : `${nextInMs} milliseconds`,
    ...{ state: stateAfter(outcome), steps: steps.all(), dropped: steps.takeDropped(), error: errorOf(outcome) },
  };
}

function stateAfter(outcome: Outcome): OperationState {
  if (outcome.kind === 'settled') return 'succeeded';
  return outcome.kind === 'failed' || outcome.overdue === true ? 'failed' : 'running';
}

/** What the operation says about the end of a pass; null when nothing is wrong. */
function errorOf(outcome: Outcome): OperationError | null {
  if (outcome.kind === 'settled') return null;
  const { reason, message, object, cause = null } = outcome.trouble;
  const overdue = outcome.kind !== 'failed' && outcome.overdue === true;
  return { reason, message: overdue ? `Given up after a long time of trying. ${message}` : message, object, cause };
}

function verdictOf(tenant: LeasedTenant, result: PassResult, resyncMs: number): Verdict {
  const { outcome, deleted } = result;
  const now = new Date().toISOString();
  const { generation, conditions: previous } = tenant;
  if (deleted) {
    const conditions = conditionsOfDeleted(previous, generation, now);
    return { phase: 'deleted', conditions, observed: true, failureCount: 0, nextInMs: null };
  }
  const conditions = conditionsAfter(outcome, previous, generation, now, remainingDrift(result));
  if (outcome.kind !== 'settled' && outcome.kind !== 'failed' && outcome.overdue === true) {
    const failureCount = tenant.failureCount + 1;
    return { phase: 'failed', conditions, observed: false, failureCount, nextInMs: jittered(resyncMs) };
  }
  switch (outcome.kind) {
    case 'settled':
      return {
        phase: phaseOf(tenant.restriction),
        conditions,
        observed: true,
        failureCount: 0,
        nextInMs: jittered(resyncMs),
      };
    case 'waiting':
      return { phase: tenant.phase, conditions, observed: false, failureCount: 0, nextInMs: outcome.recheckAfterMs };
    case 'retry': {
      const failureCount = tenant.failureCount + 1;
      const nextInMs = retryPauseMs(failureCount, outcome.retryAfterMs ?? null);
      return { phase: tenant.phase, conditions, observed: false, failureCount, nextInMs };
    }
    case 'failed': {
      // A change that failed needs another change. A tenant that was as wanted and no longer can be kept so (its
      // namespace replaced, a right of the worker taken away) is compared again as before.
      const nextInMs = tenant.observedGeneration === generation ? jittered(resyncMs) : null;
      return { phase: 'failed', conditions, observed: false, failureCount: tenant.failureCount + 1, nextInMs };
    }
  }
}
