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
  /** Demanded by `If-Match`; null accepts any. */
  revision: number | null;
}

/** Asks for the end of tenants, and calls it back while it is only scheduled. */
@Injectable()
export class TenantDeletions {
  constructor(private readonly changes: TenantChanges) {}

  /**
   * Schedules the end of a tenant; without a retention it begins at once. Asking again answers with the same
   * operation, unless that one failed or another retention is asked for.
   * @param retentionDays counted from the first request; null: as the plan says. Not more than the plan's.
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
   * Calls a scheduled deletion back; the tenant is again what it was.
   * @throws `tenant.not_found`, `tenant.deleting`, `tenant.deletion_not_scheduled`, `precondition.failed`
   */
  async undelete(transaction: Transaction, requestedBy: string, target: Target): Promise<TenantAndOperation> {
    const tenant = await this.changes.lock(transaction, target);
    if (tenant.deletionRequestedAt !== null) refuseWhileDeleting(tenant);
    if (tenant.deletionScheduledAt === null) {
      throw new DomainError(
        'tenant.deletion_not_scheduled',
        `No deletion of the tenant "${tenant.slug}" is scheduled.`,
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
    const detail = `The plan "${planId}" keeps a deleted tenant for ${longest} days, not for ${days}.`;
    throw new DomainError('tenant.plan_limit', detail);
  }

  private lastDeletion({ manager }: Transaction, tenant: Tenant): Promise<Operation> {
    const kind = tenant.deletionRequestedAt === null ? 'schedule-deletion' : 'delete';
    return manager.findOneOrFail(Operation, { where: { tenantId: tenant.id, kind }, order: { id: 'DESC' } });
  }
}

/** The database's clock decides when a retention ends, whatever the clocks of APIs and workers say. */
async function databaseTime({ manager }: Transaction): Promise<Date> {
  const [row] = await manager.query<{ now: Date }[]>('SELECT now()');
  if (row === undefined) throw new Error('the database did not say what time it is');
  return row.now;
}
