import { type ClusterFacts, type Restriction, type TenantInput } from '#isolation';
import { idOf, uuidOf } from '#persistence';
import { readPlanSpec } from '#plans';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { EMERGENCY_SELECTS, EMERGENCY_IN_FORCE } from './emergency-rules.js';
import { type LinkInForce, LINKS_IN_FORCE, withLinkIds } from './links-in-force.js';
import { tenantNotFound } from './tenant-reader.js';
import { type TenantScope, uuidsOf } from './tenant-scope.js';

/** The desired state of a tenant: every input of its object set except the cluster facts. */
export interface DesiredTenant extends Required<Omit<TenantInput, 'cluster' | 'restriction'>> {
  generation: number;
  clusterId: string;
  /** Links on either side that should be in force, by id. */
  links: LinkInForce[];
  restriction: Restriction;
}

/** A tenant with the latest facts of its cluster; null before a worker has reached it. */
export type PlacedTenant = DesiredTenant & { clusterFacts: ClusterFacts | null };

/** How questions name tenants: by id, slug or one of their namespaces. */
export interface TenantNames {
  ids: readonly string[];
  slugs: readonly string[];
  namespaces: readonly string[];
}

/** SQL for the combined effect of the holds of tenant `t`. A scheduled deletion can suspend it as well; its data is kept. */
const RESTRICTION = `
    (SELECT jsonb_build_object(
        'suspended', (t.deletion_scheduled_at IS NOT NULL AND t.deletion_suspends) OR coalesce(bool_or(h.effect = 'suspend'), false),
        'quarantined', coalesce(bool_or(h.effect = 'quarantine'), false))
      FROM holds h WHERE h.tenant_id = t.id AND h.lifted_at IS NULL)`;

/** SQL for the routes of tenant `t`. */
const ROUTES = `
    (SELECT coalesce(jsonb_agg(jsonb_build_object('name', r.name, 'environment', r.environment, 'hosts', r.hosts,
        'rules', r.rules, 'tlsSecret', r.tls_secret) ORDER BY r.name), '[]')
      FROM routes r WHERE r.tenant_id = t.id)`;

/** SQL for the network rules of tenant `t` that have not expired, and the emergency rules for it, by id. */
const NETWORK_RULES = `
    (SELECT coalesce(jsonb_agg(n.rule ORDER BY n.id), '[]') FROM (
      SELECT n.id, jsonb_build_object('id', n.id, 'direction', n.direction, 'action', n.action,
        'cidrs', n.cidrs, 'hosts', n.hosts, 'except', n.except_cidrs, 'ports', n.ports,
        'environments', n.environments, 'podLabels', n.pod_labels, 'beyondPlan', n.beyond_plan) AS rule
      FROM network_rules n WHERE n.tenant_id = t.id AND (n.expires_at IS NULL OR n.expires_at > now())
      UNION ALL
      SELECT e.id, jsonb_build_object('id', e.id, 'direction', e.direction, 'action', 'deny', 'cidrs', e.cidrs,
        'hosts', '[]'::jsonb, 'except', e.except_cidrs, 'ports', e.ports, 'environments', null,
        'podLabels', '{}'::jsonb, 'beyondPlan', true)
      FROM emergency_rules e WHERE ${EMERGENCY_IN_FORCE} AND ${EMERGENCY_SELECTS}) n)`;

/** The columns of a `DesiredTenant`, of a tenant `t` and the version `v` of its plan; ids are as they are stored. */
export const DESIRED_TENANT = `
  t.id, t.slug, t.display_name AS "displayName", t.generation,
    jsonb_build_object('id', t.plan_id, 'version', t.plan_version, 'spec', v.spec::text) AS plan,
    t.cluster_id AS "clusterId", t.members, t.labels,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('name', e.name, 'namespace', e.namespace) ORDER BY e.position), '[]')
      FROM environments e WHERE e.tenant_id = t.id) AS environments,
    ARRAY(SELECT h.host FROM hosts h WHERE h.tenant_id = t.id AND h.removed_in IS NULL ORDER BY h.host) AS hosts,
    ${ROUTES} AS routes,
    ${LINKS_IN_FORCE} AS links,
    ${NETWORK_RULES} AS "networkRules",
    ${RESTRICTION} AS restriction`;

/** A row of `DESIRED_TENANT` and of more columns. Ids are as they are stored, and the spec of the plan is a JSON text. */
export type DesiredRow<Tenant extends DesiredTenant = DesiredTenant> = Omit<Tenant, 'plan'> & {
  plan: { id: string; version: number; spec: string };
};

/** A row with ids as they are outside of the database, and the spec read. */
export function fromDesiredRow<Tenant extends DesiredTenant>(row: DesiredRow<Tenant>): Tenant {
  return {
    ...row,
    id: idOf('tenant', row.id),
    clusterId: idOf('cluster', row.clusterId),
    plan: { ...row.plan, spec: readPlanSpec(row.plan.spec) },
    links: withLinkIds(row.links),
    networkRules: row.networkRules.map((rule) => ({ ...rule, id: idOf('rule', rule.id) })),
  } as DesiredTenant as Tenant;
}

/** Reads the desired state of tenants without locking. */
@Injectable()
export class DesiredTenants {
  constructor(private readonly dataSource: DataSource) {}

  /** Returns all tenants that are not deleted, by slug, in one snapshot. */
  async all(): Promise<PlacedTenant[]> {
    const rows = await this.dataSource.query<DesiredRow<PlacedTenant>[]>(
      `SELECT ${DESIRED_TENANT}, c.facts AS "clusterFacts"
       FROM tenants t JOIN plan_versions v ON v.plan_id = t.plan_id AND v.version = t.plan_version
         JOIN clusters c ON c.id = t.cluster_id
       WHERE t.deleted_at IS NULL ORDER BY t.slug`,
    );
    return rows.map((row) => fromDesiredRow<PlacedTenant>(row));
  }

  /** Returns another active tenant on the same cluster; null if there is none. */
  async neighbourOf({ id, clusterId }: Pick<DesiredTenant, 'id' | 'clusterId'>): Promise<DesiredTenant | null> {
    const [row] = await this.dataSource.query<DesiredRow[]>(
      `SELECT ${DESIRED_TENANT}
       FROM tenants t JOIN plan_versions v ON v.plan_id = t.plan_id AND v.version = t.plan_version
       WHERE t.cluster_id = $2 AND t.id <> $1 AND t.phase = 'active' AND t.observed_generation = t.generation
       ORDER BY t.id > $1 DESC, t.id LIMIT 1`,
      [uuidOf('tenant', id), uuidOf('cluster', clusterId)],
    );
    return row === undefined ? null : fromDesiredRow(row);
  }

  /** Returns the given tenants that are not deleted. */
  async byIds(ids: readonly string[]): Promise<DesiredTenant[]> {
    if (ids.length === 0) return [];
    const rows = await this.dataSource.query<DesiredRow[]>(
      `SELECT ${DESIRED_TENANT}
       FROM tenants t JOIN plan_versions v ON v.plan_id = t.plan_id AND v.version = t.plan_version
       WHERE t.id = ANY($1::uuid[]) AND t.deleted_at IS NULL ORDER BY t.id`,
      [ids.map((id) => uuidOf('tenant', id))],
    );
    return rows.map((row) => fromDesiredRow<DesiredTenant>(row));
  }

  /** Returns the tenants within a scope (null: all) that are not deleted and have one of these names, by slug. */
  async named(scope: TenantScope | null, { ids, slugs, namespaces }: TenantNames): Promise<PlacedTenant[]> {
    const uuids = ids.flatMap((id) => uuidOf('tenant', id) ?? []);
    const rows = await this.dataSource.query<DesiredRow<PlacedTenant>[]>(
      `SELECT ${DESIRED_TENANT}, c.facts AS "clusterFacts"
       FROM tenants t JOIN plan_versions v ON v.plan_id = t.plan_id AND v.version = t.plan_version
         JOIN clusters c ON c.id = t.cluster_id
       WHERE t.deleted_at IS NULL AND ($4::uuid[] IS NULL OR t.id = ANY ($4) OR t.created_by = $5)
         AND (t.id = ANY($1::uuid[]) OR t.slug = ANY($2::text[])
           OR t.id IN (SELECT e.tenant_id FROM environments e WHERE e.namespace = ANY($3::text[])))
       ORDER BY t.slug`,
      [uuids, slugs, namespaces, uuidsOf(scope), scope?.createdBy ?? null],
    );
    return rows.map((row) => fromDesiredRow<PlacedTenant>(row));
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
