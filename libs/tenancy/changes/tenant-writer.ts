import { Statements, type Transaction, uuidOf } from '#persistence';
import { Injectable } from '@nestjs/common';

import { type Operation } from '../tenants/operation.entity.js';
import { type Tenant } from '../tenants/tenant.entity.js';

const INSERT = `
  WITH tenant AS (
    INSERT INTO tenants (id, slug, display_name, external_id, plan_id, plan_version, cluster_id, members, labels,
      phase, generation, created_by, next_reconcile_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10, $11, $16, now())
    RETURNING created_at, updated_at
  ), environment AS (
    INSERT INTO environments (tenant_id, name, namespace, position)
    SELECT $1, name, namespace, position
    FROM jsonb_to_recordset($12::jsonb) AS wanted (name text, namespace text, position integer)
  ), operation AS (
    INSERT INTO operations (id, tenant_id, kind, state, generation, requested_by)
    VALUES ($13, $1, $14, $15, $11, $16)
  )
  SELECT created_at, updated_at FROM tenant`;

/** Inserts a new tenant with all its relations in one statement, because a customer is waiting. */
@Injectable()
export class TenantWriter {
  constructor(private readonly statements: Statements) {}

  /**
   * Inserts a tenant, its environments and its first operation, and sets the times returned by the database.
   * @throws QueryFailedError if a unique constraint is violated
   */
  async insert(transaction: Transaction, tenant: Tenant, operation: Operation): Promise<void> {
    const environments = tenant.environments.map(({ name, namespace, position }) => ({ name, namespace, position }));
    const [times] = await this.statements.run<{ created_at: Date; updated_at: Date }>(
      'insert-tenant',
      INSERT,
      [
        uuidOf('tenant', tenant.id),
        tenant.slug,
        tenant.displayName,
        tenant.externalId,
        tenant.planId,
        tenant.planVersion,
        uuidOf('cluster', tenant.clusterId),
        JSON.stringify(tenant.members),
        JSON.stringify(tenant.labels),
        tenant.phase,
        tenant.generation,
        JSON.stringify(environments),
        uuidOf('op', operation.id),
        operation.kind,
        operation.state,
        operation.requestedBy,
      ],
      transaction,
    );
    if (times === undefined) throw new Error('an insert returned no row');
    tenant.createdAt = times.created_at;
    tenant.updatedAt = times.updated_at;
    operation.createdAt = times.created_at;
  }
}
