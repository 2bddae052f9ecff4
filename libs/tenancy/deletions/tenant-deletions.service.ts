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
  /** Required by `If-Match`; null accepts any. */
  revision: number | null;
}

/** Schedules deletions of tenants and cancels scheduled ones. */
@Injectable()
export class TenantDeletions {
  constructor(private readonly changes: TenantChanges) {}

  /**
   * Schedules the deletion of a tenant; with a retention of 0 it begins at once. Repeated requests return the same
   * operation, unless it failed or the retention differs.
   * @param retentionDays days from the first request, at most those of the plan; null for those of the plan.
   * @throws `tenant.not_found`, `tenant.plan_limit`, `precondition.failed`
   */
  async delete(
    transaction: Transaction,
    requestedBy: string,
    target: Target,
    retentionDays: number | null,
  ): Promise<TenantAndOperation> {
    const tenant = await this.changes.lock(transaction, target);
    const hasBegun = tenant.deletionRequestedAt !== null;
    const repeated = hasBegun || (tenant.deletionScheduledAt !== null && retentionDays === null);
    if (repeated) {
      const operation = await this.lastDeletion(transaction, tenant);
      if (operation.state !== 'failed') return { tenant, operation };
    }
    const now = await databaseTime(transaction);
    const scheduledAt = tenant.deletionScheduledAt ?? now;
    const deletesAt = await this.endOfRetention(transaction, tenant, scheduledAt, retentionDays);
    const begins = hasBegun || deletesAt <= now;
    return this.changes.changeLocked(transaction, tenant, {
      kind: begins ? 'delete' : 'schedule-deletion',
      by: requestedBy,
      set: {
        deletionScheduledAt: scheduledAt,
        deletionScheduledBy: tenant.deletionScheduledBy ?? requestedBy,
        deletesAt,
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
      set: { deletionScheduledAt: null, deletionScheduledBy: null, deletesAt: null },
    });
  }

  private async endOfRetention(
    { manager }: Transaction,
    { planId, planVersion: version }: Tenant,
    scheduledAt: Date,
    asked: number | null,
  ): Promise<Date> {
    const { spec } = await manager.findOneByOrFail(PlanVersion, { planId, version });
    const { suspendedRetentionDays: longest } = spec.billing;
    const days = asked ?? longest;
    if (days <= longest) return new Date(scheduledAt.getTime() + days * DAY_MS);
    const detail = `The plan "${planId}" allows a retention of at most ${longest} days, not ${days}.`;
    throw new DomainError('tenant.plan_limit', detail);
  }

  private lastDeletion({ manager }: Transaction, tenant: Tenant): Promise<Operation> {
    const kind = tenant.deletionRequestedAt === null ? 'schedule-deletion' : 'delete';
    return manager.findOneOrFail(Operation, { where: { tenantId: tenant.id, kind }, order: { id: 'DESC' } });
  }
}

/** Returns the time of the database, which alone decides when a retention ends. */
async function databaseTime({ manager }: Transaction): Promise<Date> {
  const [row] = await manager.query<{ now: Date }[]>('SELECT now()');
  if (row === undefined) throw new Error('the database returned no time');
  return row.now;
}
