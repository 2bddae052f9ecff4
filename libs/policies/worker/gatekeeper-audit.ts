import { type KubernetesObject } from '#isolation';
import { keyOf, type KubeClient } from '#kube';
import { jsonOf, uuidOf } from '#persistence';
import { type DataSource } from 'typeorm';

import { forgetViolations } from './forget-violations.js';

/** An entry of Gatekeeper's audit: an object that violates a constraint. */
interface AuditedViolation {
  group?: string;
  version?: string;
  kind?: string;
  namespace?: string;
  name?: string;
  message?: string;
}

/**
 * Reads the result of Gatekeeper's last audit from a constraint, and stores it by tenant in place of earlier results
 * from this cluster. Objects outside of tenants are left out.
 * @throws KubeError, KubeUnreachable
 */
export async function storeAudit(
  { id: clusterId, kube }: { id: string; kube: KubeClient },
  dataSource: DataSource,
  policyId: string,
  constraint: KubernetesObject,
): Promise<void> {
  const live = (await kube.get(keyOf(constraint))) as { status?: { violations?: AuditedViolation[] } } | null;
  const found = (live?.status?.violations ?? []).map(({ group = '', version = '', kind = '', ...more }) => ({
    namespace: more.namespace ?? '',
    object: [group, version, kind, more.namespace, more.name].filter(Boolean).join('/'),
    message: more.message ?? '',
  }));
  await dataSource.transaction(async (manager) => {
    await forgetViolations(manager, policyId, clusterId);
    await manager.query(
      `INSERT INTO policy_violations (policy_id, tenant_id, object, message, found_at)
       SELECT DISTINCT p.id, e.tenant_id, v.object, v.message, now()
       FROM jsonb_to_recordset($2::jsonb) AS v(namespace text, object text, message text)
       JOIN environments e ON e.namespace = v.namespace AND e.released_at IS NULL
       JOIN tenants t ON t.id = e.tenant_id AND t.cluster_id = $3 JOIN policies p ON p.id = $1
       ON CONFLICT DO NOTHING`,
      [policyId, jsonOf(found), uuidOf('cluster', clusterId)],
    );
  });
}
