import { Statements, uuidOf } from '#persistence';
import { Injectable } from '@nestjs/common';

/** The tenants that a caller can see: those that match both; `{}`: all. */
export interface TenantScope {
  /** Only this one. */
  tenantId?: string | undefined;
  /** Only those that this principal created. */
  createdBy?: string | undefined;
}

/** Decides whether a tenant, or the tenant of an operation, is within a scope. */
@Injectable()
export class TenantScopes {
  constructor(private readonly statements: Statements) {}

  /** Reports whether a tenant exists within the scope. */
  async hasTenant({ tenantId, createdBy }: TenantScope, id: string): Promise<boolean> {
    if (tenantId !== undefined && tenantId !== id) return false;
    const text = 'SELECT FROM tenants WHERE id = $1 AND ($2::text IS NULL OR created_by = $2)';
    return (await this.statements.run('tenant-in-scope', text, [uuidOf('tenant', id), createdBy ?? null])).length > 0;
  }

  /** Reports whether an operation of a tenant within the scope exists. */
  async hasOperation({ tenantId, createdBy }: TenantScope, id: string): Promise<boolean> {
    const text = `SELECT FROM operations o JOIN tenants t ON t.id = o.tenant_id
      WHERE o.id = $1 AND ($2::uuid IS NULL OR t.id = $2) AND ($3::text IS NULL OR t.created_by = $3)`;
    const tenant = tenantId === undefined ? null : uuidOf('tenant', tenantId);
    return (
      (await this.statements.run('operation-in-scope', text, [uuidOf('op', id), tenant, createdBy ?? null])).length > 0
    );
  }
}
