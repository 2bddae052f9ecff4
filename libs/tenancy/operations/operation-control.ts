import { type Transaction, uuidOf } from '#persistence';
import { DomainError } from '#problems';
import { Injectable } from '@nestjs/common';

import { TenantChanges } from '../changes/tenant-changes.js';
import { Operation, type OperationError, type OperationKind } from '../tenants/operation.entity.js';
import { type Condition } from '../tenants/tenant-status.js';
import { Tenant } from '../tenants/tenant.entity.js';
import { operationNotFound } from './operations.service.js';

/** The kinds that can be cancelled; kinds that remove objects cannot be stopped half-way. */
const cancellable: readonly OperationKind[] = ['create', 'update'];

const cancelled: OperationError = {
  reason: 'Cancelled',
  message: 'The operation was cancelled on request. Completed steps were not undone.',
  object: null,
  cause: null,
};

/** Cancels and retries operations (docs/adr/0008-cancelling-stops-the-attempts.md). */
@Injectable()
export class OperationControl {
  constructor(private readonly changes: TenantChanges) {}

  /**
   * Creates an operation of the same kind for the same desired state.
   * @throws `operation.not_found`, `operation.not_retryable`
   */
  async retry(transaction: Transaction, requestedBy: string, id: string): Promise<Operation> {
    const { operation, tenant } = await lock(this.changes, transaction, id);
    const obstacle = obstacleToRetry(operation, tenant);
    if (obstacle !== null) throw new DomainError('operation.not_retryable', obstacle);
    const begun = await this.changes.changeLocked(transaction, tenant, {
      kind: operation.kind,
      by: requestedBy,
      set: operation.kind === 'delete' ? { phase: 'deleting' } : {},
      retryOf: operation.id,
    });
    return begun.operation;
  }

  /**
   * Cancels an unfinished operation. The desired state is kept, and workers ignore the tenant until its next change; a
   * running pass ends before its next wave.
   * @throws `operation.not_found`, `operation.not_cancellable`
   */
  async cancel(transaction: Transaction, id: string): Promise<Operation> {
    const { operation, tenant } = await lock(this.changes, transaction, id);
    const obstacle = obstacleToCancel(operation);
    if (obstacle !== null) throw new DomainError('operation.not_cancellable', obstacle);
    const { manager } = transaction;
    const now = new Date();
    await manager.update(Operation, { id }, { state: 'cancelled', finishedAt: now, error: cancelled });
    await manager.update(
      Tenant,
      { id: tenant.id },
      {
        cancelledGeneration: tenant.generation,
        nextReconcileAt: null,
        failureCount: 0,
        phase: 'failed',
        conditions: conditionsOfCancelled(tenant, now.toISOString()),
        revision: tenant.revision + 1,
        updatedAt: now,
      },
    );
    return manager.findOneByOrFail(Operation, { id });
  }
}

/** Reads the operation while its tenant is locked, so that no pass can settle in between. */
async function lock(
  changes: TenantChanges,
  transaction: Transaction,
  id: string,
): Promise<{ operation: Operation; tenant: Tenant }> {
  const { manager } = transaction;
  const seen = uuidOf('op', id) === null ? null : await manager.findOneBy(Operation, { id });
  if (seen === null) throw operationNotFound(id);
  const tenant = await changes.lock(transaction, { id: seen.tenantId, revisions: null });
  return { operation: await manager.findOneByOrFail(Operation, { id }), tenant };
}

/** Returns why the operation cannot be retried; null if it can. */
function obstacleToRetry({ state, generation, finishedAt }: Operation, tenant: Tenant): string | null {
  if (finishedAt === null) return `The operation is still ${state}.`;
  if (generation !== tenant.generation) return 'A newer change of the tenant supersedes the operation.';
  if (state !== 'failed' && state !== 'cancelled') return `The operation ${state}; there is nothing to retry.`;
  return tenant.deletedAt === null ? null : 'The tenant is deleted.';
}

/** Returns why the operation cannot be cancelled; null if it can. */
function obstacleToCancel({ kind, state, finishedAt }: Operation): string | null {
  if (finishedAt !== null) return `The operation has already ended: ${state}.`;
  if (!cancellable.includes(kind)) return `An operation of the kind "${kind}" cannot be cancelled.`;
  return null;
}

/** Updates only `Ready`, which covers the requested change; other conditions keep what was observed. */
function conditionsOfCancelled({ conditions, generation }: Tenant, now: string): Condition[] {
  const before = conditions.find(({ type }) => type === 'Ready');
  const ready: Condition = {
    type: 'Ready',
    status: 'False',
    reason: cancelled.reason,
    message: 'The latest change was cancelled before the cluster matched it.',
    observedGeneration: generation,
    lastTransitionTime: before?.status === 'False' ? before.lastTransitionTime : now,
  };
  return [ready, ...conditions.filter(({ type }) => type !== 'Ready')];
}
