import { newId, type Transaction, uuidOf } from '#persistence';
import { DomainError } from '#problems';
import { Injectable } from '@nestjs/common';

import { type Hold } from '../tenants/hold.entity.js';
import { Operation, type OperationKind } from '../tenants/operation.entity.js';
import { tenantNotFound, TenantReader } from '../tenants/tenant-reader.js';
import { Tenant } from '../tenants/tenant.entity.js';
import { asTakenProblem } from './taken.js';
import { TenantWriter } from './tenant-writer.js';
import { Wakeups } from './wakeups.js';

/** A changed tenant and the operation that carries the change out. */
export interface TenantAndOperation {
  tenant: Tenant;
  operation: Operation;
}

/**
 * The common steps of every change of a tenant: lock the row, raise its revision, make it due, create the operation,
 * wake.
 */
@Injectable()
export class TenantChanges {
  constructor(
    private readonly wakeups: Wakeups,
    private readonly reader: TenantReader,
    private readonly writer: TenantWriter,
  ) {}

  /**
   * Reads a tenant and locks it until the transaction ends.
   * @param target `evenFrozen` is only for placing and lifting holds: a frozen tenant accepts no other change.
   * @throws `tenant.not_found`, `precondition.failed`, `tenant.frozen`
   */
  async lock(
    transaction: Transaction,
    target: { id: string; revision: number | null; evenFrozen?: boolean },
  ): Promise<Tenant> {
    const { id, revision } = target;
    const uuid = uuidOf('tenant', id);
    const tenant = uuid === null ? null : await this.reader.lock(transaction, uuid);
    if (tenant === null) throw tenantNotFound(id);
    if (revision !== null && tenant.revision !== revision) {
      throw new DomainError(
        'precondition.failed',
        'The tenant has changed since the ETag in If-Match was read. Read it again.',
      );
    }
    if (target.evenFrozen !== true) refuseFrozen(tenant);
    return tenant;
  }

  /** Updates the row and the entity. */
  async write({ manager }: Transaction, tenant: Tenant, columns: Partial<Tenant>): Promise<void> {
    const bookkeeping = { revision: tenant.revision + 1, failureCount: 0, updatedAt: new Date() };
    const changed = { ...columns, ...bookkeeping };
    try {
      // By the clock of the database, which workers also use.
      await manager.update(Tenant, { id: tenant.id }, { ...changed, nextReconcileAt: () => 'now()' });
    } catch (error) {
      throw asTakenProblem(error, { slug: tenant.slug, externalId: columns.externalId ?? null });
    }
    Object.assign(tenant, changed);
  }

  /** Creates the operation of a change and supersedes an open one. */
  async begin(
    transaction: Transaction,
    requestedBy: string,
    tenant: Tenant,
    kind: OperationKind,
    { urgent = false }: { urgent?: boolean } = {},
  ): Promise<TenantAndOperation> {
    const { manager } = transaction;
    await manager.query(
      `UPDATE operations SET state = 'superseded', finished_at = now()
       WHERE tenant_id = $1 AND finished_at IS NULL`,
      [uuidOf('tenant', tenant.id)],
    );
    const operation = manager.create(Operation, newOperation(requestedBy, tenant, kind));
    await manager.insert(Operation, operation);
    transaction.afterCommit(() => this.wakeups.wake(tenant.id, { urgent }));
    return { tenant, operation };
  }

  /**
   * Inserts a new tenant and the operation that creates it.
   * @param tenant the tenant with its environments; the database sets the times
   * @throws `tenant.{slug,namespace,external_id}_taken`
   */
  async beginNew(transaction: Transaction, requestedBy: string, tenant: Tenant): Promise<TenantAndOperation> {
    const operation = transaction.manager.create(Operation, newOperation(requestedBy, tenant, 'create'));
    try {
      await this.writer.insert(transaction, tenant, operation);
    } catch (error) {
      throw asTakenProblem(error, tenant);
    }
    transaction.afterCommit(() => this.wakeups.wake(tenant.id, { urgent: false }));
    return { tenant, operation };
  }
}

function newOperation(requestedBy: string, { id, generation }: Tenant, kind: OperationKind): Partial<Operation> {
  return {
    ...{ id: newId('op'), tenantId: id, kind, generation, state: 'pending', requestedBy },
    ...{ steps: [], error: null, finishedAt: null },
  };
}

/**
 * Refuses changes of a frozen tenant.
 * @throws `tenant.frozen`
 */
export function refuseFrozen({
  slug,
  holds,
}: Pick<Tenant, 'slug'> & { holds: Pick<Hold, 'id' | 'source' | 'effect'>[] }): void {
  const freeze = holds.find(({ effect }) => effect === 'freeze');
  if (freeze === undefined) return;
  const detail = `The tenant "${slug}" cannot be changed while the hold ${freeze.id} of the source "${freeze.source}" freezes it.`;
  throw new DomainError('tenant.frozen', detail);
}
