import { Shutdown, waitForRow } from '#background';
import { type Page, pageOf, type PageRequest, type Row, RowReader, Statements, uuidOf } from '#persistence';
import { DomainError } from '#problems';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, type Repository } from 'typeorm';

import { ChangeSignals } from '../changes/change-signals.js';
import { type TenantScope } from '../tenants/tenant-scope.js';
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
   * Lists operations, newest first. An invalid tenant id matches none.
   * @param scope whose operations the caller can see
   */
  async list(
    { tenantId, state }: OperationFilter,
    { limit, after }: PageRequest,
    scope: TenantScope = {},
  ): Promise<Page<Operation>> {
    const tenants = [tenantId, scope.tenantId].filter((id) => id !== undefined);
    if (tenants.some((id) => uuidOf('tenant', id) === null)) return { items: [], next: null };
    if (new Set(tenants).size > 1) return { items: [], next: null };
    const [only] = tenants;
    const rows = await this.operations.find({
      where: {
        ...(only === undefined ? {} : { tenantId: only }),
        ...(scope.createdBy === undefined ? {} : { tenant: { createdBy: scope.createdBy } }),
        ...(state === undefined ? {} : { state }),
        ...(after === null ? {} : { id: LessThan(after) }),
      },
      order: { id: 'DESC' },
      take: limit + 1,
    });
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
