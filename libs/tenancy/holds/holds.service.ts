import { newId, type Page, pageOf, type PageRequest, type Transaction, uuidOf } from '#persistence';
import { DomainError } from '#problems';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThan, Not, type Repository } from 'typeorm';

import { type TenantAndOperation, TenantChanges } from '../changes/tenant-changes.js';
import { Hold, type HoldEffect, type HoldSource } from '../tenants/hold.entity.js';
import { tenantNotFound } from '../tenants/tenant-reader.js';
import { Tenant } from '../tenants/tenant.entity.js';

export interface NewHold {
  source: HoldSource;
  effect: HoldEffect;
  reason: string;
}

/** The caller and the sources that it can act for. */
export interface HoldCaller {
  id: string;
  sources: readonly HoldSource[];
}

/** A changed hold and the operation that carries the change out. */
export interface HoldAndOperation extends TenantAndOperation {
  hold: Hold;
}

/** Places and lifts holds. Workers apply their effect in the cluster. */
@Injectable()
export class HoldsService {
  constructor(
    @InjectRepository(Hold) private readonly holds: Repository<Hold>,
    @InjectRepository(Tenant) private readonly tenants: Repository<Tenant>,
    private readonly changes: TenantChanges,
  ) {}

  /**
   * Places a hold, even on a frozen tenant. A second hold with the same source and effect is refused, so that no caller
   * relies on a hold that another caller can lift.
   * @throws `auth.forbidden`, `tenant.not_found`, `tenant.deleting`, `hold.exists`
   */
  async place(
    transaction: Transaction,
    caller: HoldCaller,
    tenantId: string,
    input: NewHold,
  ): Promise<HoldAndOperation> {
    refuseForeignSource(caller, input.source);
    const tenant = await this.lock(transaction, tenantId);
    const { source, effect, reason } = input;
    const same = tenant.holds.find((hold) => hold.source === source && hold.effect === effect);
    if (same !== undefined) {
      const detail = `The hold ${same.id} of the source "${source}" already has the effect "${effect}".`;
      throw new DomainError('hold.exists', detail);
    }
    const { manager } = transaction;
    const hold = manager.create(Hold, {
      id: newId('hold'),
      tenantId: tenant.id,
      source,
      effect,
      reason,
      createdBy: caller.id,
      liftedBy: null,
      liftedAt: null,
      quarantineId: null,
    });
    await manager.insert(Hold, hold);
    tenant.holds.push(hold);
    const urgent = effect === 'quarantine';
    return { hold, ...(await this.changes.changeLocked(transaction, tenant, { kind: 'hold', by: caller.id, urgent })) };
  }

  /**
   * Lifts one hold; all others stay.
   * @throws `auth.forbidden`, `tenant.not_found`, `tenant.deleting`, `hold.not_found` (also for a lifted hold)
   */
  async lift(
    transaction: Transaction,
    caller: HoldCaller,
    tenantId: string,
    holdId: string,
  ): Promise<HoldAndOperation> {
    const tenant = await this.lock(transaction, tenantId);
    const hold = tenant.holds.find(({ id }) => id === holdId);
    if (hold === undefined) {
      throw new DomainError('hold.not_found', `The tenant "${tenant.slug}" has no hold "${holdId}" to lift.`);
    }
    refuseForeignSource(caller, hold.source);
    const lifted = { liftedBy: caller.id, liftedAt: new Date() };
    await transaction.manager.update(Hold, { id: hold.id }, lifted);
    Object.assign(hold, lifted);
    tenant.holds = tenant.holds.filter(({ id }) => id !== hold.id);
    return { hold, ...(await this.changes.changeLocked(transaction, tenant, { kind: 'release', by: caller.id })) };
  }

  /**
   * Lists the holds of a tenant, newest first.
   * @param active true for holds in force, false for lifted holds, undefined for both.
   * @throws `tenant.not_found`
   */
  async list(
    tenantId: string,
    { active, limit, after }: PageRequest & { active?: boolean | undefined },
  ): Promise<Page<Hold>> {
    if (uuidOf('tenant', tenantId) === null || !(await this.tenants.existsBy({ id: tenantId }))) {
      throw tenantNotFound(tenantId);
    }
    const rows = await this.holds.find({
      where: {
        tenantId,
        ...(active === undefined ? {} : { liftedAt: active ? IsNull() : Not(IsNull()) }),
        ...(after === null ? {} : { id: LessThan(after) }),
      },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    return pageOf(rows, limit, ({ id }) => id);
  }

  private async lock(transaction: Transaction, id: string): Promise<Tenant> {
    const tenant = await this.changes.lock(transaction, { id, revisions: null, evenFrozen: true });
    if (tenant.deletionRequestedAt === null) return tenant;
    throw new DomainError('tenant.deleting', `The tenant "${tenant.slug}" is being deleted and cannot be changed.`);
  }
}

function refuseForeignSource({ sources }: HoldCaller, source: HoldSource): void {
  if (sources.includes(source)) return;
  throw new DomainError('auth.forbidden', `The caller cannot place or lift holds of the source "${source}".`);
}
