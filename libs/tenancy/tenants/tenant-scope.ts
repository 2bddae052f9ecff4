import { idOf, Statements, uuidOf } from '#persistence';
import { Injectable } from '@nestjs/common';

/** The tenants that a caller can see: those listed, and those that a principal created. Null: all. */
export interface TenantScope {
  tenantIds: readonly string[];
  createdBy: string | null;
}

/** Returns the ids of the tenants that are listed in a scope, as they are stored; null: all tenants. */
export function uuidsOf(scope: TenantScope | null): string[] | null {
  return scope === null ? null : scope.tenantIds.flatMap((id) => uuidOf('tenant', id) ?? []);
}

/** Whether a tenant is within a scope. */
export function isWithin(
  scope: TenantScope | null,
  { id, createdBy }: { id: string; createdBy: string | null },
): boolean {
  if (scope === null || scope.tenantIds.includes(id)) return true;
  return scope.createdBy !== null && scope.createdBy === createdBy;
}

/** Whose tenant something is about. */
export interface TenantOrigin {
  tenantId: string;
  /** The principal that created the tenant; null: unknown. */
  createdBy: string | null;
}

/** Finds the tenant that a request is about. */
@Injectable()
export class TenantScopes {
  constructor(private readonly statements: Statements) {}

  /** Returns a tenant with its creator; null if there is none of this id. */
  async ofTenant(id: string): Promise<TenantOrigin | null> {
    const text = 'SELECT id AS "tenantId", created_by AS "createdBy" FROM tenants WHERE id = $1';
    return this.find('origin-of-tenant', text, uuidOf('tenant', id));
  }

  /** Returns the tenant with an external id, and its creator; null if there is none. */
  async ofExternalId(externalId: string): Promise<TenantOrigin | null> {
    const text = `SELECT id AS "tenantId", created_by AS "createdBy" FROM tenants
      WHERE external_id = $1 AND deleted_at IS NULL`;
    return this.find('origin-of-external-id', text, externalId);
  }

  /** Returns the tenant of an operation with its creator; null if there is no operation of this id. */
  async ofOperation(id: string): Promise<TenantOrigin | null> {
    const text = `SELECT t.id AS "tenantId", t.created_by AS "createdBy"
      FROM operations o JOIN tenants t ON t.id = o.tenant_id WHERE o.id = $1`;
    return this.find('origin-of-operation', text, uuidOf('op', id));
  }

  private async find(name: string, text: string, key: string | null): Promise<TenantOrigin | null> {
    if (key === null) return null;
    const [row] = await this.statements.run<{ tenantId: string; createdBy: string | null }>(name, text, [key]);
    return row === undefined ? null : { ...row, tenantId: idOf('tenant', row.tenantId) };
  }
}
