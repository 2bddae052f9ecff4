import { type KubernetesObject } from '../model/kubernetes-object.js';
import { environmentLabels } from '../model/labels.js';
import { type TenantEnvironment } from '../model/tenant-input.js';
import { QUOTA_NAME } from './quota.js';

/**
 * Renders the quota of an environment that is being deleted: as it was, but without room for pods, so that nobody can
 * start a new one. It is not a separate quota, because the quota limits the number of quotas.
 * @param live the objects in the namespace
 */
export function renderDeletionQuota(
  tenantId: string,
  environment: TenantEnvironment,
  live: readonly Pick<KubernetesObject, 'kind' | 'metadata'>[],
): KubernetesObject {
  const { namespace } = environment;
  const metadata = { name: QUOTA_NAME, namespace, labels: environmentLabels({ id: tenantId }, environment) };
  const current = live.find(
    (object) =>
      object.kind === 'ResourceQuota' && object.metadata.name === QUOTA_NAME && object.metadata.namespace === namespace,
  ) as { spec?: { hard?: Record<string, string> } } | undefined;
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { ...current?.spec?.hard, pods: '0' } } };
}
