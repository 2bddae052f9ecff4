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

/** What every change of a tenant has in common: the locked row, its new revision, due at once, the operation, the wake-up. */
@Injectable()
export class TenantChanges {
  constructor(
    private readonly wakeups: Wakeups,
    private readonly reader: TenantReader,
    private readonly writer: TenantWriter,
  ) {}

  /**
   * The tenant, locked until the transaction ends.
   * @param target `evenFrozen` is for placing and lifting holds alone: a frozen tenant takes no other change.
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
      throw new DomainError('precondition.failed', 'The tenant has changed since the ETag in If-Match was read.');
    }
    if (target.evenFrozen !== true) refuseFrozen(tenant);
    return tenant;
  }

  /** Changes the row, and the entity with it. */
  async write({ manager }: Transaction, tenant: Tenant, columns: Partial<Tenant>): Promise<void> {
    const bookkeeping = { revision: tenant.revision + 1, failureCount: 0, updatedAt: new Date() };
    const changed = { ...columns, ...bookkeeping };
    try {
      // By the clock of the database, as workers reckon it.
      await manager.update(Tenant, { id: tenant.id }, { ...changed, nextReconcileAt: () => 'now()' });
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
   * Writes a new tenant and the operation that creates it.
   * @param tenant with its environments; the times are set by the database
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
 * A frozen tenant takes no change but holds.
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
