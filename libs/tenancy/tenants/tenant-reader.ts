import { type ClusterFacts } from '#isolation';
import { idOf, type Row, rowReader, Statements, type Transaction } from '#persistence';
import { DomainError } from '#problems';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { PlanVersion } from '../plans/plan.entity.js';
import { type PlanReference } from '../plans/plans.service.js';
import { Environment } from './environment.entity.js';
import { Hold } from './hold.entity.js';
import { CHOSEN_CLUSTER, chosenCluster } from './placement.js';
import { Tenant } from './tenant.entity.js';

const READ = `
  SELECT t.*,
    (SELECT jsonb_agg(to_jsonb(e) ORDER BY e.position) FROM environments e WHERE e.tenant_id = t.id) AS environments,
    (SELECT jsonb_agg(to_jsonb(h) ORDER BY h.id) FROM holds h
      WHERE h.tenant_id = t.id AND h.lifted_at IS NULL) AS holds
  FROM tenants t WHERE t.id = $1`;

/** One fixed statement per query, so that Postgres plans it once. */
const placementOf = (which: string): string => `
  SELECT v.*, c.id AS placed_on, c.facts AS cluster_facts
  FROM plan_versions v LEFT JOIN LATERAL (${CHOSEN_CLUSTER}) c ON true
  WHERE v.plan_id = $1 ${which} ORDER BY v.version DESC LIMIT 1`;
const READ_PLACEMENT = { name: 'read-placement', text: placementOf('AND v.version = $2') };
const READ_NEWEST_PLACEMENT = { name: 'read-newest-placement', text: placementOf('') };

type TenantRow = Row & { environments: Row[] | null; holds: Row[] | null };

/** The placement of a new tenant. */
export interface Placement {
  plan: PlanVersion;
  clusterId: string;
  /** Facts of that cluster. */
  facts: ClusterFacts | null;
}

/**
 * Reads a tenant with all its relations, or the placement of a new one, in one statement each: these are the most
 * frequent reads, and customers wait for them.
 */
@Injectable()
export class TenantReader {
  private readonly toTenant: (row: Row) => Tenant;
  private readonly toEnvironment: (row: Row) => Environment;
  private readonly toHold: (row: Row) => Hold;
  private readonly toPlanVersion: (row: Row) => PlanVersion;

  constructor(
    dataSource: DataSource,
    private readonly statements: Statements,
  ) {
    this.toTenant = rowReader(dataSource, Tenant);
    this.toEnvironment = rowReader(dataSource, Environment);
    this.toHold = rowReader(dataSource, Hold);
    this.toPlanVersion = rowReader(dataSource, PlanVersion);
  }

  /** @param uuid the tenant's id as stored. */
  async read(uuid: string, transaction?: Transaction): Promise<Tenant | null> {
    const [row] = await this.statements.run<TenantRow>('read-tenant', READ, [uuid], transaction);
    if (row === undefined) return null;
    const tenant = this.toTenant(row);
    tenant.environments = (row.environments ?? []).map(this.toEnvironment);
    tenant.holds = (row.holds ?? []).map(this.toHold);
    return tenant;
  }

  /**
   * Like `read`, but locks the tenant until the transaction ends. Includes changes committed while waiting for the
   * lock.
   */
  async lock(transaction: Transaction, uuid: string): Promise<Tenant | null> {
    // A separate statement: one that waits for a lock sees the new tenant row, but other tables as they were before.
    await this.statements.run('lock-tenant', 'SELECT FROM tenants WHERE id = $1 FOR UPDATE', [uuid], transaction);
    return this.read(uuid, transaction);
  }

  /**
   * Reads the plan version and the cluster for a new tenant; null if there is no such version.
   * @throws as `chosenCluster`
   */
  async placement(transaction: Transaction, { id, version }: PlanReference): Promise<Placement | null> {
    const { name, text } = version === undefined ? READ_NEWEST_PLACEMENT : READ_PLACEMENT;
    const [row] = await this.statements.run<Row & { cluster_facts: ClusterFacts | null }>(
      name,
      text,
      version === undefined ? [id] : [id, version],
      transaction,
    );
    if (row === undefined) return null;
    const plan = this.toPlanVersion(row);
    return { plan, clusterId: idOf('cluster', chosenCluster(row)), facts: row.cluster_facts };
  }
}

export function tenantNotFound(id: string): DomainError {
  return new DomainError('tenant.not_found', `There is no tenant "${id}".`);
}
