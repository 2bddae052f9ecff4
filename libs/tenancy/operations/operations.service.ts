import { Shutdown, waitForRow } from '#background';
import { idOf, type Page, pageOf, type PageRequest, type Row, RowReader, Statements, uuidOf } from '#persistence';
import { DomainError } from '#problems';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';

import { ChangeSignals } from '../changes/change-signals.js';
import { type TenantScope, uuidsOf } from '../tenants/tenant-scope.js';
import { Operation, type OperationState } from '../tenants/operation.entity.js';

export interface OperationFilter {
  tenantId?: string | undefined;
  state?: OperationState | undefined;
}

/** Reads operations. */
@Injectable()
export class OperationsService {
  private readonly rows: RowReader<Operation>;

  constructor(
    @InjectRepository(Operation) private readonly operations: Repository<Operation>,
    private readonly statements: Statements,
    private readonly signals: ChangeSignals,
    private readonly shutdown: Shutdown,
  ) {
    this.rows = new RowReader(operations.manager.dataSource, Operation);
  }

  /**
   * @param waitSeconds how long to wait for the operation to finish; 0 to return at once.
   * @throws `operation.not_found`
   */
  async get(id: string, waitSeconds = 0): Promise<Operation> {
    if (waitSeconds === 0) return this.find(id);
    const deadline = Date.now() + waitSeconds * 1000;
    return waitForRow({
      read: () => this.find(id),
      isDone: ({ finishedAt }) => finishedAt !== null,
      deadline,
      shutdown: this.shutdown.signal,
      changes: (over) => this.signals.next(id, { deadline, abort: over, endOnly: true }),
    });
  }

  /**
   * Waits until the tenant has no unfinished operation.
   * @param waitSeconds at most; 0 returns at once
   */
  async waitForTenant(tenantId: string, waitSeconds: number): Promise<void> {
    const uuid = uuidOf('tenant', tenantId);
    if (waitSeconds === 0 || uuid === null) return;
    const deadline = Date.now() + waitSeconds * 1000;
    // A newer change supersedes the operation, and is waited for as well.
    for (;;) {
      const text = 'SELECT id FROM operations WHERE tenant_id = $1 AND finished_at IS NULL';
      const [row] = await this.statements.run<{ id: string }>('unfinished-operation', text, [uuid]);
      const left = (deadline - Date.now()) / 1000;
      if (row === undefined || left <= 0 || this.shutdown.signal.aborted) return;
      await this.get(idOf('op', row.id), left);
    }
  }

  /**
   * Lists operations, newest first. An invalid tenant id matches none.
   * @param scope the tenants whose operations the caller can see; null: all
   */
  async list(
    { tenantId, state }: OperationFilter,
    { limit, after }: PageRequest,
    scope: TenantScope | null,
  ): Promise<Page<Operation>> {
    if (tenantId !== undefined && uuidOf('tenant', tenantId) === null) return { items: [], next: null };
    const query = this.operations
      .createQueryBuilder('operation')
      .orderBy('operation.id', 'DESC')
      .take(limit + 1);
    if (after !== null) query.andWhere('operation.id < :after', { after: uuidOf('op', after) });
    if (tenantId !== undefined) query.andWhere({ tenantId });
    if (state !== undefined) query.andWhere({ state });
    if (scope !== null) {
      const ids = uuidsOf(scope);
      const created = 'operation.tenantId IN (SELECT id FROM tenants WHERE created_by = :createdBy)';
      query.andWhere(`(operation.tenantId = ANY (:ids) OR ${created})`, { ids, createdBy: scope.createdBy });
    }
    const rows = await query.getMany();
    return pageOf(rows, limit, ({ id }) => id);
  }

  private async find(id: string): Promise<Operation> {
    const uuid = uuidOf('op', id);
    const text = `SELECT ${this.rows.columns('o')} FROM operations o WHERE o.id = $1`;
    const [row] = uuid === null ? [] : await this.statements.run<Row>('read-operation', text, [uuid]);
    if (row === undefined) throw operationNotFound(id);
    return this.rows.read(row);
  }
}

export function operationNotFound(id: string): DomainError {
  return new DomainError('operation.not_found', `There is no operation "${id}".`);
}
