import { type Row, rowReader, Statements } from '#persistence';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { Environment } from './environment.entity.js';
import { Tenant } from './tenant.entity.js';

const READ = `
  SELECT t.*,
    (SELECT jsonb_agg(to_jsonb(e) ORDER BY e.position) FROM environments e WHERE e.tenant_id = t.id) AS environments
  FROM tenants t WHERE t.id = $1`;

type TenantRow = Row & { environments: Row[] | null };

/** Reads one tenant with everything that belongs to it, in one statement. It is what is asked for most. */
@Injectable()
export class TenantReader {
  private readonly toTenant: (row: Row) => Row;
  private readonly toEnvironment: (row: Row) => Row;

  constructor(
    dataSource: DataSource,
    private readonly statements: Statements,
  ) {
    this.toTenant = rowReader(dataSource.getMetadata(Tenant));
    this.toEnvironment = rowReader(dataSource.getMetadata(Environment));
  }

  /** @param uuid the tenant's id as it is stored. */
  async read(uuid: string): Promise<Tenant | null> {
    const [row] = await this.statements.run<TenantRow>('read-tenant', READ, [uuid]);
    if (row === undefined) return null;
    const tenant = this.toTenant(row) as unknown as Tenant;
    tenant.environments = (row.environments ?? []).map(this.toEnvironment) as unknown as Environment[];
    return tenant;
  }
}
