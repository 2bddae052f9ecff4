import { type TenantMember } from '#isolation';
import { type Transaction, uuidOf } from '#persistence';
import { DomainError, invalidField } from '#problems';
import { Injectable } from '@nestjs/common';

import { type TenantAndOperation, TenantChanges } from '../changes/tenant-changes.js';
import { refuseWhileDeleting } from '../tenants/deletion-state.js';
import { tenantNotFound, TenantReader } from '../tenants/tenant-reader.js';
import { type Tenant } from '../tenants/tenant.entity.js';
import {
  accountRoles,
  type IdentifiedMember,
  membersOf,
  refuseWithoutOwner,
  takesAccess,
  withoutMember,
} from '../tenants/member.js';

/** A namespace's access is bound by one list in each of its bindings. */
const MOST_MEMBERS = 200;

/** A tenant whose members change; its present revision is one of these, if they are not null. */
export interface MembersTarget {
  id: string;
  revisions: readonly number[] | null;
}

/** A changed member and the operation that carries the change out. */
export interface MemberAndOperation extends TenantAndOperation {
  member: IdentifiedMember;
}

/**
 * Manages the members of a tenant one by one. Less access is carried out before everything else that waits; the API
 * itself looks at the members for each request.
 */
@Injectable()
export class MembersService {
  constructor(
    private readonly changes: TenantChanges,
    private readonly reader: TenantReader,
  ) {}

  /**
   * Returns the members of a tenant, and the tenant.
   * @throws `tenant.not_found`
   */
  async list(tenantId: string): Promise<{ tenant: Tenant; members: IdentifiedMember[] }> {
    const uuid = uuidOf('tenant', tenantId);
    const tenant = uuid === null ? null : await this.reader.read(uuid);
    if (tenant === null) throw tenantNotFound(tenantId);
    return { tenant, members: membersOf(tenant) };
  }

  /** @throws `tenant.not_found`, `member.not_found` */
  async get(tenantId: string, memberId: string): Promise<{ tenant: Tenant; member: IdentifiedMember }> {
    const { tenant } = await this.list(tenantId);
    return { tenant, member: memberOf(tenant, memberId) };
  }

  /**
   * Adds a member.
   * @throws `tenant.{not_found,deleting,frozen}`, `precondition.failed`, `member.exists`, `member.limit`
   */
  async add(
    transaction: Transaction,
    by: string,
    target: MembersTarget,
    member: TenantMember,
  ): Promise<MemberAndOperation> {
    const tenant = await this.lock(transaction, target);
    const same = membersOf(tenant).find(({ kind, name }) => kind === member.kind && name === member.name);
    if (same !== undefined) {
      throw new DomainError('member.exists', `The ${member.kind} "${member.name}" is a member already: ${same.id}.`);
    }
    if (tenant.members.length >= MOST_MEMBERS) {
      throw new DomainError(
        'member.limit',
        `The tenant "${tenant.slug}" has ${MOST_MEMBERS} members, which is the limit.`,
      );
    }
    const changed = await this.change(transaction, by, tenant, [...tenant.members, member]);
    return { ...changed, member: addedTo(changed.tenant, member) };
  }

  /**
   * Gives a member another role.
   * @throws like `add`; `member.not_found`, `member.last_owner`; `request.invalid` for a role that accounts cannot have
   */
  async setRole(
    transaction: Transaction,
    by: string,
    target: MembersTarget & { memberId: string },
    role: TenantMember['role'],
  ): Promise<MemberAndOperation> {
    const tenant = await this.lock(transaction, target);
    const { kind, name } = memberOf(tenant, target.memberId);
    const member: TenantMember = { kind, name, role };
    if (kind === 'ServiceAccount' && !accountRoles.some((each) => each === role)) {
      throw invalidField('/role', `A ServiceAccount can be ${accountRoles.join(' or ')}.`);
    }
    // In its place, so that the list keeps its order.
    const position = tenant.members.findIndex((each) => each.kind === kind && each.name === name);
    const rest = withoutMember(tenant.members, member);
    const members = [...rest.slice(0, position), member, ...rest.slice(position)];
    const changed = await this.change(transaction, by, tenant, members);
    return { ...changed, member: addedTo(changed.tenant, member) };
  }

  /**
   * Removes a member.
   * @throws `tenant.{not_found,deleting,frozen}`, `precondition.failed`, `member.not_found`, `member.last_owner`
   */
  async remove(
    transaction: Transaction,
    by: string,
    target: MembersTarget & { memberId: string },
  ): Promise<MemberAndOperation> {
    const tenant = await this.lock(transaction, target);
    const member = memberOf(tenant, target.memberId);
    return { ...(await this.change(transaction, by, tenant, withoutMember(tenant.members, member))), member };
  }

  private async lock(transaction: Transaction, target: MembersTarget): Promise<Tenant> {
    const tenant = await this.changes.lock(transaction, target);
    refuseWhileDeleting(tenant);
    return tenant;
  }

  private change(
    transaction: Transaction,
    by: string,
    tenant: Tenant,
    members: TenantMember[],
  ): Promise<TenantAndOperation> {
    refuseWithoutOwner(tenant.members, members);
    const urgent = takesAccess(tenant.members, members);
    return this.changes.changeLocked(transaction, tenant, { kind: 'update', by, set: { members }, urgent });
  }
}

function memberOf(tenant: Tenant, memberId: string): IdentifiedMember {
  const member = membersOf(tenant).find(({ id }) => id === memberId);
  if (member === undefined) {
    throw new DomainError('member.not_found', `The tenant "${tenant.slug}" has no member "${memberId}".`);
  }
  return member;
}

function addedTo(tenant: Tenant, { kind, name }: TenantMember): IdentifiedMember {
  const added = membersOf(tenant).find((each) => each.kind === kind && each.name === name);
  if (added === undefined) throw new Error('a member that was added is not there');
  return added;
}
