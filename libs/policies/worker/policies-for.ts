import { type KubernetesObject, renderNamespace, type TenantInput } from '#isolation';
import { type EntityManager } from 'typeorm';

import { renderPolicy, selectsNamespace, type WantedPolicy } from './render-policy.js';

/** The objects of all policies in force that target at least one namespace of a tenant. */
export async function policiesFor(
  manager: EntityManager,
  tenant: TenantInput,
  provisioner: string,
): Promise<KubernetesObject[]> {
  const policies = await manager.query<(WantedPolicy & { now: Date })[]>(
    `SELECT p.id, p.slot, p.version, v.spec, now() AS now FROM policies p
     JOIN policy_versions v ON v.policy_id = p.id AND v.version = p.version
     WHERE p.state = 'in-force' AND p.observed_version = p.version ORDER BY p.slot`,
  );
  const namespaces = tenant.environments.map((environment) => renderNamespace(tenant, environment));
  return policies
    .filter(({ spec, now }) => namespaces.some(({ metadata }) => selectsNamespace(spec, metadata.labels ?? {}, now)))
    .flatMap(({ now, ...policy }) => renderPolicy(policy, provisioner, now));
}
