import { type KubernetesObject } from './kubernetes-object.js';
import { environmentLabels } from './labels.js';
import { type TenantEnvironment } from './tenant-input.js';

/** The quota that lets no new pod into an environment that is being deleted, whoever wants to make one. */
export function renderDeletionQuota(tenantId: string, environment: TenantEnvironment): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: {
      name: 'tenant-deletion',
      namespace: environment.namespace,
      labels: environmentLabels({ id: tenantId }, environment),
    },
    spec: { hard: { pods: '0' } },
  };
}
