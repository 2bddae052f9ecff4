import { type Transaction } from '#persistence';
import { DomainError } from '#problems';
import { Injectable } from '@nestjs/common';

import { type TenantAndOperation, TenantChanges } from '../changes/tenant-changes.js';
import { PlanVersion } from '../plans/plan.entity.js';
import { refuseWhileDeleting } from '../tenants/deletion-state.js';
import { Operation } from '../tenants/operation.entity.js';
import { type Tenant } from '../tenants/tenant.entity.js';

const DAY_MS = 86_400_000;

interface Target {
  id: string;
  /** Generations of which `If-Match` requires one; null accepts any. */
  revisions: readonly number[] | null;
}

/** When a deletion begins, and what the tenant is until then. Null: as by default. */
export interface DeletionTerms {
  /** Days of retention from the first request, at most those of the plan, by default these. */
  retentionDays: number | null;
  /** Instead of a retention: a time, or days from the first request. */
  begins: { at: Date } | { afterDays: number } | null;
  /** Whether the tenant is suspended until then; by default only if it is kept for its retention. */
  suspends: boolean | null;
  /** The refusal of a caller who may not delete before the retention of the plan is over; null if it may. */
  lacksPurge: DomainError | null;
}

/** Schedules deletions of tenants and cancels scheduled ones. */
@Injectable()
export class TenantDeletions {
  constructor(private readonly changes: TenantChanges) {}

  /**
   * Schedules the deletion of a tenant; with a retention of 0 it begins at once. Repeated requests return the same
   * operation, unless it failed or the terms differ.
   * @throws `tenant.not_found`, `tenant.plan_limit`, `precondition.failed`, `auth.forbidden`
   */
  async delete(
    transaction: Transaction,
    requestedBy: string,
    target: Target,
    terms: DeletionTerms,
  ): Promise<TenantAndOperation> {
    const tenant = await this.changes.lock(transaction, target);
    const hasBegun = tenant.deletionRequestedAt !== null;
    if (hasBegun) {
      const operation = await this.lastDeletion(transaction, tenant);
      if (operation.state !== 'failed') return { tenant, operation };
    }
    const now = await databaseTime(transaction);
    const scheduledAt = tenant.deletionScheduledAt ?? now;
    const wanted = isUnspecified(terms) && tenant.deletesAt !== null ? asScheduled(tenant) : terms;
    const deletesAt = await this.beginning(transaction, tenant, scheduledAt, wanted);
    const deletionSuspends = wanted.suspends ?? wanted.begins === null;
    const isSame = deletesAt.getTime() === tenant.deletesAt?.getTime() && deletionSuspends === tenant.deletionSuspends;
    if (isSame && !hasBegun) {
      const operation = await this.lastDeletion(transaction, tenant);
      if (operation.state !== 'failed') return { tenant, operation };
    }
    const begins = hasBegun || deletesAt <= now;
    return this.changes.changeLocked(transaction, tenant, {
      kind: begins ? 'delete' : 'schedule-deletion',
      by: requestedBy,
      set: {
        deletionScheduledAt: scheduledAt,
        deletionScheduledBy: tenant.deletionScheduledBy ?? requestedBy,
        deletesAt,
        deletionSuspends,
        ...(begins ? { phase: 'deleting', deletionRequestedAt: tenant.deletionRequestedAt ?? now } : {}),
      },
    });
  }

  /**
   * Cancels a scheduled deletion and restores the tenant.
   * @throws `tenant.not_found`, `tenant.deleting`, `tenant.deletion_not_scheduled`, `precondition.failed`
   */
  async undelete(transaction: Transaction, requestedBy: string, target: Target): Promise<TenantAndOperation> {
    const tenant = await this.changes.lock(transaction, target);
    if (tenant.deletionRequestedAt !== null) refuseWhileDeleting(tenant);
    if (tenant.deletionScheduledAt === null) {
      throw new DomainError(
        'tenant.deletion_not_scheduled',
        `No deletion is scheduled for the tenant "${tenant.slug}".`,
      );
    }
    return this.changes.changeLocked(transaction, tenant, {
      kind: 'undelete',
      by: requestedBy,
      set: { deletionScheduledAt: null, deletionScheduledBy: null, deletesAt: null, deletionSuspends: true },
    });
  }

  private async beginning(
    { manager }: Transaction,
    { planId, planVersion: version, deletesAt }: Tenant,
    scheduledAt: Date,
    { retentionDays, begins, lacksPurge }: DeletionTerms,
  ): Promise<Date> {
    const { spec } = await manager.findOneByOrFail(PlanVersion, { planId, version });
    const { deletionRetentionDays: longest } = spec.billing;
    const after = (days: number): Date => new Date(scheduledAt.getTime() + days * DAY_MS);
    if (begins !== null) {
      const time = 'at' in begins ? begins.at : after(begins.afterDays);
      // What is scheduled already was allowed when it was.
      if (lacksPurge !== null && time < after(longest) && time.getTime() !== deletesAt?.getTime()) throw lacksPurge;
      return time;
    }
    const days = retentionDays ?? longest;
    if (days <= longest) return after(days);
    const detail = `The plan "${planId}" allows a retention of at most ${longest} days, not ${days}.`;
    throw new DomainError('tenant.plan_limit', detail);
  }

  private lastDeletion({ manager }: Transaction, tenant: Tenant): Promise<Operation> {
    const kind = tenant.deletionRequestedAt === null ? 'schedule-deletion' : 'delete';
    return manager.findOneOrFail(Operation, { where: { tenantId: tenant.id, kind }, order: { id: 'DESC' } });
  }
}

function isUnspecified({ retentionDays, begins, suspends }: DeletionTerms): boolean {
  return retentionDays === null && begins === null && suspends === null;
}

/** The terms of a deletion that is scheduled already. */
function asScheduled({ deletesAt, deletionSuspends: suspends }: Tenant): DeletionTerms {
  return { retentionDays: null, begins: deletesAt && { at: deletesAt }, suspends, lacksPurge: null };
}

/** Returns the time of the database, which alone decides when a retention ends. */
async function databaseTime({ manager }: Transaction): Promise<Date> {
  const [row] = await manager.query<{ now: Date }[]>('SELECT now()');
  if (row === undefined) throw new Error('the database returned no time');
  return row.now;
}
