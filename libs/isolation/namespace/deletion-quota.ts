import { type KubernetesObject } from '../model/kubernetes-object.js';
import { environmentLabels } from '../model/labels.js';
import { type TenantEnvironment } from '../model/tenant-input.js';
import { QUOTA_NAME } from './quota.js';

/**
 * The quota of an environment that is being deleted: as it was, but it lets no new pod in, whoever wants to make one.
 * Not a quota of its own, because the quota counts quotas.
 * @param standing the objects in the namespace.
 */
export function renderDeletionQuota(
  tenantId: string,
  environment: TenantEnvironment,
  standing: readonly Pick<KubernetesObject, 'kind' | 'metadata'>[],
): KubernetesObject {
  const { namespace } = environment;
  const metadata = { name: QUOTA_NAME, namespace, labels: environmentLabels({ id: tenantId }, environment) };
  const live = standing.find(
    (object) =>
      object.kind === 'ResourceQuota' && object.metadata.name === QUOTA_NAME && object.metadata.namespace === namespace,
  ) as { spec?: { hard?: Record<string, string> } } | undefined;
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { ...live?.spec?.hard, pods: '0' } } };
}
