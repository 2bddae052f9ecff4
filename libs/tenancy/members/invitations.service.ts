import { type TenantMember } from '#isolation';
import {
  idOf,
  newId,
  type Page,
  pageOf,
  type PageRequest,
  type Transaction,
  uuidOf,
  violatedUnique,
} from '#persistence';
import { DomainError } from '#problems';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';

import { type TenantAndOperation, TenantChanges } from '../changes/tenant-changes.js';
import { refuseWhileDeleting } from '../tenants/deletion-state.js';
import { membersOf } from '../tenants/member.js';
import { tenantNotFound, TenantReader } from '../tenants/tenant-reader.js';
import { type Tenant } from '../tenants/tenant.entity.js';
import { Invitation } from './invitation.entity.js';

/** Days after which an invitation can no longer be accepted. */
const VALID_DAYS = 14;

/** More invitations than members cannot be accepted. */
const MOST = 200;

/** Somebody with a verified address, whom clusters know by a user name. */
export interface Invitee {
  /** The principal. */
  id: string;
  email: string;
  user: string;
}

/**
 * Invites people to tenants by e-mail address. Who they are is known when they log in for the first time with that
 * address, verified by an issuer; they are members from then on, and the invitation is gone.
 */
@Injectable()
export class InvitationsService {
  constructor(
    @InjectRepository(Invitation) private readonly invitations: Repository<Invitation>,
    private readonly changes: TenantChanges,
    private readonly reader: TenantReader,
  ) {}

  /**
   * Invites an address, which then has two weeks.
   * @throws `tenant.{not_found,deleting,frozen}`, `invitation.exists`, `member.limit`
   */
  async create(
    transaction: Transaction,
    createdBy: string,
    tenantId: string,
    { email, role }: { email: string; role: TenantMember['role'] },
  ): Promise<Invitation> {
    const { manager } = transaction;
    const tenant = await this.changes.lock(transaction, { id: tenantId, revisions: null });
    refuseWhileDeleting(tenant);
    const uuid = uuidOf('tenant', tenant.id);
    await manager.query('DELETE FROM invitations WHERE tenant_id = $1 AND expires_at <= now()', [uuid]);
    if ((await manager.countBy(Invitation, { tenantId: tenant.id })) >= MOST) {
      throw new DomainError('member.limit', `The tenant "${tenant.slug}" has ${MOST} invitations, which is the limit.`);
    }
    const id = newId('invitation');
    try {
      await manager.query(
        `INSERT INTO invitations (id, tenant_id, email, role, created_by, expires_at)
         VALUES ($1, $2, $3, $4, $5, now() + $6::int * interval '1 day')`,
        [uuidOf('invitation', id), uuid, email.toLowerCase(), role, createdBy, VALID_DAYS],
      );
    } catch (error) {
      if (violatedUnique(error) !== 'invitations_tenant_id_email_key') throw error;
      throw new DomainError('invitation.exists', `The tenant "${tenant.slug}" has already invited ${email}.`);
    }
    return manager.findOneByOrFail(Invitation, { id });
  }

  /** Lists the invitations of a tenant that can still be accepted, newest first. */
  async list(tenantId: string, { limit, after }: PageRequest): Promise<Page<Invitation>> {
    await this.refuseUnknown(tenantId);
    const query = this.invitations
      .createQueryBuilder('invitation')
      .where({ tenantId })
      .andWhere('invitation.expiresAt > now()')
      .orderBy('invitation.id', 'DESC')
      .take(limit + 1);
    if (after !== null) query.andWhere('invitation.id < :after', { after: uuidOf('invitation', after) });
    return pageOf(await query.getMany(), limit, ({ id }) => id);
  }

  /**
   * Withdraws an invitation, and returns it as it was.
   * @throws `tenant.not_found`, `invitation.not_found`
   */
  async withdraw({ manager }: Transaction, tenantId: string, id: string): Promise<Invitation> {
    await this.refuseUnknown(tenantId);
    const found = uuidOf('invitation', id) === null ? null : await manager.findOneBy(Invitation, { id, tenantId });
    if (found === null) throw new DomainError('invitation.not_found', `The tenant has no invitation "${id}".`);
    await manager.delete(Invitation, { id });
    return found;
  }

  /** @throws `tenant.not_found` */
  private async refuseUnknown(tenantId: string): Promise<void> {
    const uuid = uuidOf('tenant', tenantId);
    if (uuid === null || (await this.reader.read(uuid)) === null) throw tenantNotFound(tenantId);
  }

  /**
   * Makes an invitee a member of the tenants that invited the address. Tenants that cannot be changed at the moment keep
   * their invitation for the next login.
   */
  async accept(transaction: Transaction, invitee: Invitee): Promise<TenantAndOperation[]> {
    const inviting = await transaction.manager.query<{ id: string }[]>(
      'SELECT tenant_id AS id FROM invitations WHERE email = $1 AND expires_at > now() ORDER BY tenant_id',
      [invitee.email],
    );
    const changed: TenantAndOperation[] = [];
    for (const { id } of inviting) {
      const target = { id: idOf('tenant', id), revisions: null, evenFrozen: true };
      const tenant = await this.changes.lock(transaction, target);
      const accepted = canChange(tenant) ? await this.join(transaction, invitee, tenant) : null;
      if (accepted !== null) changed.push(accepted);
    }
    return changed;
  }

  private async join(
    transaction: Transaction,
    { id: by, email, user }: Invitee,
    tenant: Tenant,
  ): Promise<TenantAndOperation | null> {
    // Another request of the same person may have been first.
    const [[taken]] = await transaction.manager.query<[{ role: TenantMember['role'] }[], number]>(
      'DELETE FROM invitations WHERE tenant_id = $1 AND email = $2 AND expires_at > now() RETURNING role',
      [uuidOf('tenant', tenant.id), email],
    );
    const isMember = membersOf(tenant).some(({ kind, name }) => kind === 'User' && name === user);
    if (taken === undefined || isMember) return null;
    const members = [...tenant.members, { kind: 'User' as const, name: user, role: taken.role }];
    return this.changes.changeLocked(transaction, tenant, { kind: 'update', by, set: { members } });
  }
}

function canChange({ deletesAt, deletionRequestedAt, deletedAt, holds, members }: Tenant): boolean {
  const isEnding = deletesAt !== null || deletionRequestedAt !== null || deletedAt !== null;
  return !isEnding && members.length < MOST && !holds.some(({ effect }) => effect === 'freeze');
}
