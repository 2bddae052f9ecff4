import { type ClusterFacts } from '#isolation';
import { idOf, type Row, RowReader, Statements, type Transaction } from '#persistence';
import { DomainError } from '#problems';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { PlanVersion } from '../plans/plan.entity.js';
import { type PlanReference } from '../plans/plans.service.js';
import { Environment } from './environment.entity.js';
import { Hold } from './hold.entity.js';
import { CHOSEN_CLUSTER, chosenCluster } from './placement.js';
import { Tenant } from './tenant.entity.js';

/** @param columns those of the tenant `t` */
const readTenant = (columns: string): string => `
  SELECT ${columns},
    (SELECT jsonb_agg(to_jsonb(e) ORDER BY e.position) FROM environments e WHERE e.tenant_id = t.id) AS environments,
    (SELECT jsonb_agg(to_jsonb(h) ORDER BY h.id) FROM holds h
      WHERE h.tenant_id = t.id AND h.lifted_at IS NULL) AS holds
  FROM tenants t WHERE t.id = $1`;

/** @param columns those of the version `v` */
const placementOf = (columns: string, which: string): string => `
  SELECT ${columns}, c.id AS placed_on, c.facts AS cluster_facts,
    (SELECT p.retired_at IS NOT NULL FROM plans p WHERE p.id = v.plan_id) AS retired
  FROM plan_versions v LEFT JOIN LATERAL (${CHOSEN_CLUSTER}) c ON true
  WHERE v.plan_id = $1 ${which} ORDER BY v.version DESC LIMIT 1`;

type TenantRow = Row & { environments: Row[] | null; holds: Row[] | null };

/** The placement of a new tenant. */
export interface Placement {
  plan: PlanVersion;
  /** Whether no further tenant can get the plan. */
  retired: boolean;
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
  private readonly tenants: RowReader<Tenant>;
  private readonly environments: RowReader<Environment>;
  private readonly holds: RowReader<Hold>;
  private readonly versions: RowReader<PlanVersion>;

  constructor(
    dataSource: DataSource,
    private readonly statements: Statements,
  ) {
    this.tenants = new RowReader(dataSource, Tenant);
    this.environments = new RowReader(dataSource, Environment);
    this.holds = new RowReader(dataSource, Hold);
    this.versions = new RowReader(dataSource, PlanVersion);
  }

  /** @param uuid the tenant's id as stored. */
  async read(uuid: string, transaction?: Transaction): Promise<Tenant | null> {
    const text = readTenant(this.tenants.columns('t'));
    const [row] = await this.statements.run<TenantRow>('read-tenant', text, [uuid], transaction);
    if (row === undefined) return null;
    const tenant = this.tenants.read(row);
    tenant.environments = (row.environments ?? []).map(this.environments.read);
    tenant.holds = (row.holds ?? []).map(this.holds.read);
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
    // One fixed statement per query, so that Postgres plans it once.
    const [row] = await this.statements.run<Row & { cluster_facts: ClusterFacts | null; retired: boolean }>(
      version === undefined ? 'read-newest-placement' : 'read-placement',
      placementOf(this.versions.columns('v'), version === undefined ? '' : 'AND v.version = $2'),
      version === undefined ? [id] : [id, version],
      transaction,
    );
    if (row === undefined) return null;
    const plan = this.versions.read(row);
    const { retired, cluster_facts: facts } = row;
    return { plan, retired, clusterId: idOf('cluster', chosenCluster(row)), facts };
  }
}

export function tenantNotFound(id: string): DomainError {
  return new DomainError('tenant.not_found', `There is no tenant "${id}".`);
}
