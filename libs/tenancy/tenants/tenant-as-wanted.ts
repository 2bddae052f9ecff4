import { idOf, uuidOf } from '#persistence';
import { type PlanSpec, type TenantRoute } from '#plans';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { type LinkInForce, LINKS_IN_FORCE, withLinkIds } from './links-in-force.js';
import { tenantNotFound } from './tenant-reader.js';
import { type Member } from './tenant-status.js';

/** The desired state of a tenant: every input of its object set except the cluster facts. */
export interface TenantAsWanted {
  id: string;
  slug: string;
  displayName: string;
  generation: number;
  plan: { id: string; version: number; spec: PlanSpec };
  clusterId: string;
  members: Member[];
  labels: Record<string, string>;
  environments: { name: string; namespace: string }[];
  /** Hosts of the tenant, by name. */
  hosts: string[];
  /** By name. */
  routes: TenantRoute[];
  /** Links on either side that should be in force, by id. */
  links: LinkInForce[];
  restriction: { suspended: boolean; quarantined: boolean };
}

/** A tenant with the latest facts of its cluster; null before a worker has reached it. */
export type PlacedTenant = TenantAsWanted & { clusterFacts: object | null };

/** SQL for the combined effect of the holds of tenant `t`. A scheduled deletion also suspends it; its data is kept. */
const RESTRICTION = `
    (SELECT jsonb_build_object(
        'suspended', t.deletion_scheduled_at IS NOT NULL OR coalesce(bool_or(h.effect = 'suspend'), false),
        'quarantined', coalesce(bool_or(h.effect = 'quarantine'), false))
      FROM holds h WHERE h.tenant_id = t.id AND h.lifted_at IS NULL)`;

/** SQL for the routes of tenant `t`. */
const ROUTES = `
    (SELECT coalesce(jsonb_agg(jsonb_build_object('name', r.name, 'environment', r.environment, 'hosts', r.hosts,
        'rules', r.rules, 'tlsSecret', r.tls_secret) ORDER BY r.name), '[]')
      FROM routes r WHERE r.tenant_id = t.id)`;

/** SQL columns of a `TenantAsWanted` for a tenant `t` and its plan version `v`; ids are uuids. */
export const TENANT_AS_WANTED = `
  t.id, t.slug, t.display_name AS "displayName", t.generation,
    jsonb_build_object('id', t.plan_id, 'version', t.plan_version, 'spec', v.spec) AS plan,
    t.cluster_id AS "clusterId", t.members, t.labels,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('name', e.name, 'namespace', e.namespace) ORDER BY e.position), '[]')
      FROM environments e WHERE e.tenant_id = t.id) AS environments,
    ARRAY(SELECT h.host FROM hosts h WHERE h.tenant_id = t.id ORDER BY h.host) AS hosts,
    ${ROUTES} AS routes,
    ${LINKS_IN_FORCE} AS links,
    ${RESTRICTION} AS restriction`;

/** Converts the ids of a row of `TENANT_AS_WANTED` to TypeIDs; other columns are kept. */
export function fromWantedRow<Row extends TenantAsWanted>(row: Row): Row {
  const ids = { id: idOf('tenant', row.id), clusterId: idOf('cluster', row.clusterId) };
  return { ...row, ...ids, links: withLinkIds(row.links) };
}

/** Reads the desired state of tenants without locking. */
@Injectable()
export class WantedTenants {
  constructor(private readonly dataSource: DataSource) {}

  /** Returns all tenants that are not deleted, by slug, in one snapshot. */
  async all(): Promise<PlacedTenant[]> {
    const rows = await this.dataSource.query<PlacedTenant[]>(
      `SELECT ${TENANT_AS_WANTED}, c.facts AS "clusterFacts"
       FROM tenants t JOIN plan_versions v ON v.plan_id = t.plan_id AND v.version = t.plan_version
         JOIN clusters c ON c.id = t.cluster_id
       WHERE t.deleted_at IS NULL ORDER BY t.slug`,
    );
    return rows.map(fromWantedRow);
  }

  /** Returns another active tenant on the same cluster; null if there is none. */
  async neighbourOf({ id, clusterId }: Pick<TenantAsWanted, 'id' | 'clusterId'>): Promise<TenantAsWanted | null> {
    const [row] = await this.dataSource.query<TenantAsWanted[]>(
      `SELECT ${TENANT_AS_WANTED}
       FROM tenants t JOIN plan_versions v ON v.plan_id = t.plan_id AND v.version = t.plan_version
       WHERE t.cluster_id = $2 AND t.id <> $1 AND t.phase = 'active' AND t.observed_generation = t.generation
       ORDER BY t.id > $1 DESC, t.id LIMIT 1`,
      [uuidOf('tenant', id), uuidOf('cluster', clusterId)],
    );
    return row === undefined ? null : fromWantedRow(row);
  }

  /** Returns the given tenants that are not deleted. */
  async byIds(ids: readonly string[]): Promise<TenantAsWanted[]> {
    if (ids.length === 0) return [];
    const rows = await this.dataSource.query<TenantAsWanted[]>(
      `SELECT ${TENANT_AS_WANTED}
       FROM tenants t JOIN plan_versions v ON v.plan_id = t.plan_id AND v.version = t.plan_version
       WHERE t.id = ANY($1::uuid[]) AND t.deleted_at IS NULL ORDER BY t.id`,
      [ids.map((id) => uuidOf('tenant', id))],
    );
    return rows.map(fromWantedRow);
  }

  /**
   * Returns all tenants on the cluster of a tenant.
   * @throws `tenant.not_found`, also if it is deleted
   */
  async neighboursOf(id: string): Promise<PlacedTenant[]> {
    if (uuidOf('tenant', id) === null) throw tenantNotFound(id);
    const all = await this.all();
    const own = all.find((tenant) => tenant.id === id);
    if (own === undefined) throw tenantNotFound(id);
    return all.filter(({ clusterId }) => clusterId === own.clusterId);
  }
}
