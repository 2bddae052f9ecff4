import { type KubernetesObject } from '#isolation';
import { keyOf, type KubeClient } from '#kube';
import { type EntityManager } from 'typeorm';

/** What Gatekeeper's audit says of an object that a constraint does not allow. */
interface AuditedViolation {
  group?: string;
  version?: string;
  kind?: string;
  namespace?: string;
  name?: string;
  message?: string;
}

/**
 * Reads from a constraint what Gatekeeper's last audit found, and keeps it by tenant in the place of what was found
 * before. What belongs to no tenant is left out.
 * @throws KubeError, KubeUnreachable
 */
export async function keepAudit(
  kube: KubeClient,
  manager: EntityManager,
  policyId: string,
  constraint: KubernetesObject,
): Promise<void> {
  const live = (await kube.get(keyOf(constraint))) as { status?: { violations?: AuditedViolation[] } } | null;
  const found = (live?.status?.violations ?? []).map(({ group = '', version = '', kind = '', ...more }) => ({
    namespace: more.namespace ?? '',
    object: [group, version, kind, more.namespace, more.name].filter(Boolean).join('/'),
    message: more.message ?? '',
  }));
  await manager.query('DELETE FROM policy_violations WHERE policy_id = $1', [policyId]);
  await manager.query(
    `INSERT INTO policy_violations (policy_id, tenant_id, object, message, found_at)
     SELECT DISTINCT $1, e.tenant_id, v.object, v.message, now()
     FROM jsonb_to_recordset($2::jsonb) AS v(namespace text, object text, message text)
     JOIN environments e ON e.namespace = v.namespace AND e.released_at IS NULL`,
    [policyId, JSON.stringify(found)],
  );
}
