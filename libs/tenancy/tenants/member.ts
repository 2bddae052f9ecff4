import { createHash } from 'node:crypto';

import { type TenantMember } from '#isolation';
import { idOf } from '#persistence';
import { DomainError } from '#problems';

import { memberRoles } from './tenant-status.js';

/** A member of a tenant with its id. */
export interface IdentifiedMember extends TenantMember {
  id: string;
}

type MemberName = Pick<TenantMember, 'kind' | 'name'>;

/** Roles that a ServiceAccount can have: whoever can create pods can act as one of its namespace. */
export const accountRoles = ['tenant-developer', 'tenant-viewer'] as const satisfies readonly TenantMember['role'][];

/**
 * Returns the members of a tenant, each once with the most that it may do. Their ids follow from their names, so that
 * they are the same however a member came to be one.
 */
export function membersOf({ id, members }: { id: string; members: readonly TenantMember[] }): IdentifiedMember[] {
  const byName = Map.groupBy(members, keyOf);
  return [...byName.values()].map((same) => {
    const [strongest] = same.toSorted((a, b) => memberRoles.indexOf(a.role) - memberRoles.indexOf(b.role));
    if (strongest === undefined) throw new Error('a group is never empty');
    return { ...strongest, id: memberId(id, strongest) };
  });
}

/** Returns the members without those of a name. */
export function withoutMember(members: readonly TenantMember[], name: MemberName): TenantMember[] {
  return members.filter((member) => keyOf(member) !== keyOf(name));
}

/** Reports whether somebody may do less in the tenant afterwards. */
export function takesAccess(before: readonly TenantMember[], after: readonly TenantMember[]): boolean {
  const left = new Set(after.map((member) => `${keyOf(member)} ${member.role}`));
  return before.some((member) => !left.has(`${keyOf(member)} ${member.role}`));
}

/**
 * Refuses to leave a tenant without an owner that has one: nobody but the platform could invite another.
 * @throws `member.last_owner`
 */
export function refuseWithoutOwner(before: readonly TenantMember[], after: readonly TenantMember[]): void {
  if (!before.some(isOwner) || after.some(isOwner)) return;
  throw new DomainError(
    'member.last_owner',
    'The tenant would have no owner left. Make another member its owner first.',
  );
}

function isOwner({ role }: TenantMember): boolean {
  return role === 'tenant-owner';
}

function keyOf({ kind, name }: MemberName): string {
  return `${kind} ${name}`;
}

/** A UUID of an own form (RFC 9562, version 8). */
function memberId(tenantId: string, member: MemberName): string {
  const hash = createHash('sha256')
    .update(`${tenantId} ${keyOf(member)}`)
    .digest()
    .subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const text = hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return idOf('member', text);
}
