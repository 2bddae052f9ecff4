import { idOf, Statements, uuidOf } from '#persistence';
import { Injectable } from '@nestjs/common';

import { grantOf } from './grant-of-role.js';
import { type RuledRole } from './issuer-rules.js';
import { type Grant } from './principal.js';
import { builtInRole } from './roles.js';

/** A member as tenants name it. */
export interface MemberName {
  kind: 'User' | 'Group' | 'ServiceAccount';
  name: string;
}

/** A ServiceAccount, which can only be a member of the tenant whose namespace it is in. */
export interface AccountName {
  namespace: string;
  name: string;
  /** Name of its cluster. */
  cluster: string;
}

/** Everything by which a caller can have something to do with a tenant. */
export interface Affiliations {
  members: readonly MemberName[];
  account: AccountName | null;
  roles: readonly RuledRole[];
  /** The address by which a person can be invited; null: none. */
  email: string | null;
}

interface TenantRow {
  id: string;
  externalId: string | null;
  roles: string[];
}

/** What tenants give to a caller, and whether one has invited it, as of one moment. */
export interface Standing {
  grants: Grant[];
  isInvited: boolean;
}

/**
 * $1 and $2: who the caller is among members; $3 and $4: tenants that rules name; $5 to $7: its ServiceAccount; $8: its
 * address. The invitation is read in the same snapshot as the members: it has been accepted in one of them or in none.
 */
const TENANTS = `
  WITH home AS MATERIALIZED (
    SELECT e.tenant_id AS id FROM environments e
      JOIN tenants t ON t.id = e.tenant_id JOIN clusters c ON c.id = t.cluster_id
    WHERE e.namespace = $6 AND c.name = $7
  ), found AS (
    -- Each by an index of its own: with OR, Postgres would read all tenants.
    SELECT t.id FROM unnest($2::jsonb[]) AS w (member) JOIN tenants t ON t.members @> w.member
    UNION SELECT id FROM tenants WHERE id = ANY ($3::uuid[])
    UNION SELECT id FROM tenants WHERE external_id = ANY ($4::text[]) AND deleted_at IS NULL
    UNION SELECT id FROM home)
  SELECT t.id, t.external_id AS "externalId", i.invited AS "isInvited",
    ARRAY(SELECT DISTINCT m->>'role' FROM jsonb_array_elements(t.members) AS m
      WHERE m - 'role' = ANY ($1::jsonb[]) OR (m - 'role' = $5::jsonb AND t.id IN (SELECT id FROM home))) AS roles
  FROM (SELECT EXISTS (SELECT FROM invitations WHERE email = $8 AND expires_at > now()) AS invited) AS i
  LEFT JOIN (found JOIN tenants t ON t.id = found.id AND t.deleted_at IS NULL) ON true
  ORDER BY t.id`;

/**
 * Finds out what callers may do who have no API key: by the members of tenants, and by roles that rules give them. Asked
 * for each request, so that what is taken from somebody is taken at once, on every process.
 */
@Injectable()
export class Memberships {
  constructor(private readonly statements: Statements) {}

  /** Returns the grants of a caller, each role once for each extent, and whether it is invited to a tenant. */
  async standingOf({ members, account, roles, email }: Affiliations): Promise<Standing> {
    const named = (is: 'id' | 'externalId'): string[] =>
      roles.flatMap(({ tenants }) => (tenants?.is === is ? tenants.names : []));
    const [{ tenants, isInvited }, defined] = await Promise.all([
      this.tenantsOf({ members, account, email, ids: named('id'), externalIds: named('externalId') }),
      this.definedRoles(roles.map(({ role }) => role)),
    ]);
    const byRole = new Map<string, string[]>();
    const add = (role: string, ids: readonly string[]): void => {
      byRole.set(role, [...(byRole.get(role) ?? []), ...ids]);
    };
    for (const tenant of tenants) for (const role of tenant.roles) add(role, [tenant.id]);
    for (const { role, tenants: of } of roles) {
      if (of !== null) {
        add(
          role,
          tenants.filter((tenant) => isNamed(tenant, of)).map(({ id }) => id),
        );
      }
    }
    const everywhere = roles.filter(({ tenants: of }) => of === null).map(({ role }) => role);
    const given = [
      ...[...new Set(everywhere)].map((role) => ({ role, tenantIds: null })),
      ...[...byRole].filter(([, ids]) => ids.length > 0).map(([role, tenantIds]) => ({ role, tenantIds })),
    ];
    const grants = given.map((each) => grantOf({ ...each, permissions: null }, defined.get(each.role) ?? []));
    return { grants, isInvited };
  }

  private async tenantsOf({
    members,
    account,
    email,
    ids,
    externalIds,
  }: Omit<Affiliations, 'roles'> & { ids: string[]; externalIds: string[] }): Promise<{
    tenants: TenantRow[];
    isInvited: boolean;
  }> {
    const uuids = ids.map((id) => uuidOf('tenant', id)).filter((uuid) => uuid !== null);
    if (members.length + uuids.length + externalIds.length === 0 && account === null) {
      return { tenants: [], isInvited: false };
    }
    const values = [
      members.map((member) => JSON.stringify(member)),
      members.map((member) => JSON.stringify([member])),
      uuids,
      externalIds,
      account === null ? null : JSON.stringify({ kind: 'ServiceAccount', name: account.name }),
      account?.namespace ?? null,
      account?.cluster ?? null,
      email,
    ];
    type Row = Omit<TenantRow, 'id'> & { id: string | null; isInvited: boolean };
    const rows = await this.statements.run<Row>('tenants-of-caller', TENANTS, values);
    const tenants = rows.flatMap(({ id, externalId, roles }) =>
      id === null ? [] : [{ id: idOf('tenant', id), externalId, roles }],
    );
    return { tenants, isInvited: rows[0]?.isInvited === true };
  }

  private async definedRoles(names: readonly string[]): Promise<Map<string, string[]>> {
    const wanted = names.filter((name) => builtInRole(name) === null);
    if (wanted.length === 0) return new Map();
    const text = 'SELECT name, permissions FROM roles WHERE name = ANY ($1)';
    const rows = await this.statements.run<{ name: string; permissions: string[] }>('defined-roles', text, [wanted]);
    return new Map(rows.map(({ name, permissions }) => [name, permissions]));
  }
}

function isNamed({ id, externalId }: TenantRow, { is, names }: NonNullable<RuledRole['tenants']>): boolean {
  return names.includes(is === 'id' ? id : (externalId ?? ''));
}
