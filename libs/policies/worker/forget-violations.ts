import { uuidOf } from '#persistence';
import { type EntityManager } from 'typeorm';

/** Deletes what was found of a policy on one cluster, to be replaced by what a newer audit found. */
export async function forgetViolations(manager: EntityManager, policyId: string, clusterId: string): Promise<void> {
  await manager.query(
    `DELETE FROM policy_violations v USING tenants t
     WHERE v.policy_id = $1 AND t.id = v.tenant_id AND t.cluster_id = $2`,
    [policyId, uuidOf('cluster', clusterId)],
  );
}
