import { type ClusterFacts, type NetworkRule } from '#isolation';
import { uuidOf } from '#persistence';
import { type PlanSpec, readPlanSpec } from '#plans';
import { DomainError } from '#problems';
import { cutOff, tenantNotFound } from '#tenancy';
import { type EntityManager } from 'typeorm';

import { emergenciesOf } from './emergencies-of-tenant.js';
import { StoredNetworkRule } from './network-rule.entity.js';

/** What a rule of a tenant is judged by. */
export interface RuleContext {
  tenantId: string;
  plan: { id: string; version: number; spec: PlanSpec };
  cluster: ClusterFacts;
  environments: readonly string[];
  /** The latest generation that the cluster was found to match. */
  observedGeneration: number;
  generation: number;
  cutOff: boolean;
  /** All rules of the tenant, by id. */
  rules: readonly StoredNetworkRule[];
  /** The emergency rules in force for the tenant, by id. */
  emergencies: readonly StoredNetworkRule[];
  /** By the clock of the database. */
  now: Date;
}

type Row = Omit<RuleContext, 'tenantId' | 'plan' | 'cluster' | 'rules' | 'emergencies'> & {
  planId: string;
  planVersion: number;
  spec: string;
  cluster: ClusterFacts | null;
};

/**
 * Reads what the rules of a tenant are judged by.
 * @throws `tenant.not_found`, `service.unavailable` if there are no facts of the cluster yet
 */
export async function ruleContext(manager: EntityManager, tenantId: string): Promise<RuleContext> {
  const uuid = uuidOf('tenant', tenantId);
  const [row] = await manager.query<Row[]>(
    `SELECT t.plan_id AS "planId", t.plan_version AS "planVersion", v.spec::text AS spec, c.facts AS cluster,
       t.generation, t.observed_generation AS "observedGeneration", ${cutOff('t')} AS "cutOff", now(),
       ARRAY(SELECT e.name FROM environments e WHERE e.tenant_id = t.id ORDER BY e.position) AS environments
     FROM tenants t JOIN plan_versions v ON v.plan_id = t.plan_id AND v.version = t.plan_version
       JOIN clusters c ON c.id = t.cluster_id
     WHERE t.id = $1`,
    [uuid],
  );
  if (row === undefined) throw tenantNotFound(tenantId);
  const { planId, planVersion, spec, cluster, ...rest } = row;
  if (cluster === null) {
    throw new DomainError('service.unavailable', 'No worker has inspected the tenant’s cluster yet; retry later.');
  }
  const rules = await manager.find(StoredNetworkRule, { where: { tenantId }, order: { id: 'ASC' } });
  const emergencies = await emergenciesOf(manager, { id: tenantId, generation: rest.generation });
  const plan = { id: planId, version: planVersion, spec: readPlanSpec(spec) };
  return { ...rest, tenantId, plan, cluster, rules, emergencies };
}

/** Reports whether a rule has expired by the clock of the database. */
export function hasExpired({ expiresAt }: { expiresAt: Date | null }, now: Date): boolean {
  return expiresAt !== null && expiresAt <= now;
}

/** Returns the other rules of the tenant that have not expired. */
export function otherRules({ rules, now }: RuleContext, { id }: Pick<NetworkRule, 'id'>): StoredNetworkRule[] {
  return rules.filter((rule) => rule.id !== id && !hasExpired(rule, now));
}
