import { newId, type Transaction, uuidOf } from '#persistence';
import { DomainError } from '#problems';
import { Injectable } from '@nestjs/common';

import { Environment } from './environment.entity.js';
import { Operation, type OperationKind } from './operation.entity.js';
import { asTakenProblem } from './taken.js';
import { Tenant } from './tenant.entity.js';
import { Wakeups } from './wakeups.js';

/** A changed tenant and the operation that carries the change out. */
export interface TenantAndOperation {
  tenant: Tenant;
  operation: Operation;
}

/** How long after a change the sweeper looks at the tenant if no wake-up arrived. */
const WAKEUP_GRACE_MS = 5_000;

/** What every change of a tenant has in common: the locked row, its new revision, the operation, the wake-up. */
@Injectable()
export class TenantChanges {
  constructor(private readonly wakeups: Wakeups) {}

  /**
   * The tenant, locked until the transaction ends.
   * @throws `tenant.not_found`, `precondition.failed`
   */
  async lock(transaction: Transaction, target: { id: string; revision: number | null }): Promise<Tenant> {
    const { id, revision } = target;
    const { manager } = transaction;
    const tenant =
      uuidOf('tenant', id) === null
        ? null
        : await manager.findOne(Tenant, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (tenant === null) throw tenantNotFound(id);
    if (revision !== null && tenant.revision !== revision) {
      throw new DomainError('precondition.failed', 'The tenant has changed since the ETag in If-Match was read.');
    }
    tenant.environments = await manager.findBy(Environment, { tenantId: id });
    return tenant;
  }

  /** Changes the row, and the entity with it. */
  async write({ manager }: Transaction, tenant: Tenant, columns: Partial<Tenant>): Promise<void> {
    const bookkeeping = { revision: tenant.revision + 1, failureCount: 0, nextReconcileAt: wakeupDeadline() };
    const changed = { ...columns, ...bookkeeping, updatedAt: new Date() };
    try {
      await manager.update(Tenant, { id: tenant.id }, changed);
    } catch (error) {
      throw asTakenProblem(error, { slug: tenant.slug, externalId: columns.externalId ?? null });
    }
    Object.assign(tenant, changed);
  }

  /** Records the operation of a change; the one before it, if still open, is superseded. */
  async begin(
    transaction: Transaction,
    requestedBy: string,
    tenant: Tenant,
    kind: OperationKind,
  ): Promise<TenantAndOperation> {
    const { manager } = transaction;
    if (kind !== 'create') {
      await manager.query(
        `UPDATE operations SET state = 'superseded', finished_at = now()
         WHERE tenant_id = $1 AND finished_at IS NULL`,
        [uuidOf('tenant', tenant.id)],
      );
    }
    const operation = manager.create(Operation, {
      ...{ id: newId('op'), tenantId: tenant.id, kind, generation: tenant.generation, state: 'pending', requestedBy },
      ...{ steps: [], error: null, finishedAt: null },
    });
    await manager.insert(Operation, operation);
    transaction.afterCommit(() => this.wakeups.wake(tenant.id));
    return { tenant, operation };
  }
}

/** When somebody has to look at a changed tenant at the latest. */
export function wakeupDeadline(): Date {
  return new Date(Date.now() + WAKEUP_GRACE_MS);
}

export function tenantNotFound(id: string): DomainError {
  return new DomainError('tenant.not_found', `There is no tenant "${id}".`);
}
