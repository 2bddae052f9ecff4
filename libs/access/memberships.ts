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
}

interface TenantRow {
  id: string;
  externalId: string | null;
  roles: string[];
}

const TENANTS = `
  SELECT t.id, t.external_id AS "externalId",
    ARRAY(SELECT DISTINCT m->>'role' FROM jsonb_array_elements(t.members) AS m
      WHERE m - 'role' = ANY ($1::jsonb[]) OR (m - 'role' = $5::jsonb AND t.id IN (SELECT id FROM home))) AS roles
  FROM tenants t
  WHERE t.deleted_at IS NULL AND (t.members @> ANY ($2::jsonb[]) OR t.id = ANY ($3::uuid[])
    OR t.external_id = ANY ($4::text[]) OR t.id IN (SELECT id FROM home))
  ORDER BY t.id`;

const HOME = `
  WITH home AS MATERIALIZED (
    SELECT e.tenant_id AS id FROM environments e
      JOIN tenants t ON t.id = e.tenant_id JOIN clusters c ON c.id = t.cluster_id
    WHERE e.namespace = $6 AND c.name = $7)`;

/**
 * Finds out what callers may do who have no API key: by the members of tenants, and by roles that rules give them. Asked
 * for each request, so that what is taken from somebody is taken at once, on every process.
 */
@Injectable()
export class Memberships {
  constructor(private readonly statements: Statements) {}

  /** Returns the grants of a caller, each role once for each extent. */
  async grantsOf({ members, account, roles }: Affiliations): Promise<Grant[]> {
    const named = (is: 'id' | 'externalId'): string[] =>
      roles.flatMap(({ tenants }) => (tenants?.is === is ? tenants.names : []));
    const [tenants, defined] = await Promise.all([
      this.tenantsOf({ members, account, ids: named('id'), externalIds: named('externalId') }),
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
    return [
      ...[...new Set(everywhere)].map((role) => ({ role, tenantIds: null })),
      ...[...byRole].filter(([, ids]) => ids.length > 0).map(([role, tenantIds]) => ({ role, tenantIds })),
    ].map((given) => grantOf({ ...given, permissions: null }, defined.get(given.role) ?? []));
  }

  private async tenantsOf({
    members,
    account,
    ids,
    externalIds,
  }: Pick<Affiliations, 'members' | 'account'> & { ids: string[]; externalIds: string[] }): Promise<TenantRow[]> {
    const uuids = ids.map((id) => uuidOf('tenant', id)).filter((uuid) => uuid !== null);
    if (members.length + uuids.length + externalIds.length === 0 && account === null) return [];
    const values = [
      members.map((member) => JSON.stringify(member)),
      members.map((member) => JSON.stringify([member])),
      uuids,
      externalIds,
      account === null ? null : JSON.stringify({ kind: 'ServiceAccount', name: account.name }),
      account?.namespace ?? null,
      account?.cluster ?? null,
    ];
    const rows = await this.statements.run<TenantRow>('tenants-of-caller', HOME + TENANTS, values);
    return rows.map((row) => ({ ...row, id: idOf('tenant', row.id) }));
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
