import { Shutdown, waitForRow } from '#background';
import { newId, type Page, pageOf, type PageRequest, type Transaction, uuidOf } from '#persistence';
import { DomainError } from '#problems';
import { refuseWhileDeleting, Tenant, tenantNotFound, Wakeups } from '#tenancy';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThan, type Repository } from 'typeorm';

import { IsolationCheck } from './isolation-check.entity.js';

const POLL_MS = 200;

/** Requests isolation checks and reads their results. Workers carry them out. */
@Injectable()
export class IsolationChecksService {
  constructor(
    @InjectRepository(IsolationCheck) private readonly checks: Repository<IsolationCheck>,
    @InjectRepository(Tenant) private readonly tenants: Repository<Tenant>,
    private readonly wakeups: Wakeups,
    private readonly shutdown: Shutdown,
  ) {}

  /**
   * Requests a check. Returns the unfinished check of the tenant if there is one.
   * @throws `tenant.not_found`, `tenant.deleting`
   */
  async request(transaction: Transaction, requestedBy: string, tenantId: string): Promise<IsolationCheck> {
    const { manager } = transaction;
    // The lock serializes concurrent requests.
    const tenant =
      uuidOf('tenant', tenantId) === null
        ? null
        : await manager.findOne(Tenant, { where: { id: tenantId }, lock: { mode: 'for_no_key_update' } });
    if (tenant === null || tenant.deletedAt !== null) throw tenantNotFound(tenantId);
    // A tenant with a scheduled deletion can still be checked.
    const { slug, deletionRequestedAt } = tenant;
    refuseWhileDeleting({ slug, deletionRequestedAt, deletesAt: null, deletionSuspends: false });
    const open = await manager.findOneBy(IsolationCheck, { tenantId, finishedAt: IsNull() });
    if (open !== null) return open;
    const check = manager.create(IsolationCheck, {
      id: newId('check'),
      tenantId,
      state: 'pending',
      trigger: 'request',
      requestedBy,
      report: null,
      keyId: null,
      jws: null,
      error: null,
      startedAt: null,
      finishedAt: null,
    });
    await manager.insert(IsolationCheck, check);
    transaction.afterCommit(() => this.wakeups.prove(check.id));
    return check;
  }

  /**
   * @param waitSeconds how long to wait for the check to finish; 0 to return at once.
   * @throws `isolation_check.not_found`
   */
  async get(tenantId: string, id: string, waitSeconds = 0): Promise<IsolationCheck> {
    return waitForRow({
      read: () => this.find(tenantId, id),
      isDone: ({ finishedAt }) => finishedAt !== null,
      deadline: Date.now() + waitSeconds * 1000,
      shutdown: this.shutdown.signal,
      changes: POLL_MS,
    });
  }

  /**
   * Returns the report of a check and the key that signed it.
   * @throws `isolation_check.not_found`, `isolation_check.unfinished`, `isolation_check.failed`
   */
  async report(tenantId: string, id: string): Promise<{ report: object; keyId: string | null }> {
    const { state, report, keyId, error } = await this.get(tenantId, id);
    if (state === 'failed') {
      throw new DomainError('isolation_check.failed', `The isolation check produced no report. ${error ?? ''}`.trim());
    }
    if (report === null) throw new DomainError('isolation_check.unfinished', 'The check has not finished.');
    return { report, keyId };
  }

  /**
   * Lists the isolation checks of a tenant, newest first.
   * @throws `tenant.not_found`
   */
  async list(tenantId: string, { limit, after }: PageRequest): Promise<Page<IsolationCheck>> {
    if (uuidOf('tenant', tenantId) === null || !(await this.tenants.existsBy({ id: tenantId }))) {
      throw tenantNotFound(tenantId);
    }
    const rows = await this.checks.find({
      where: { tenantId, ...(after === null ? {} : { id: LessThan(after) }) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    return pageOf(rows, limit, ({ id }) => id);
  }

  private async find(tenantId: string, id: string): Promise<IsolationCheck> {
    const isId = uuidOf('tenant', tenantId) !== null && uuidOf('check', id) !== null;
    const check = isId ? await this.checks.findOneBy({ id, tenantId }) : null;
    if (check !== null) return check;
    throw new DomainError('isolation_check.not_found', `The tenant has no isolation check "${id}".`);
  }
}
