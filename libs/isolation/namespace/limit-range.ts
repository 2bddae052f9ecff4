import { canonicalQuantity } from '#plans';

import { type KubernetesObject } from '../model/kubernetes-object.js';
import { environmentLabels } from '../model/labels.js';
import { type TenantEnvironment, type TenantInput } from '../model/tenant-input.js';

interface Resources {
  cpu?: string | undefined;
  memory?: string | undefined;
  ephemeralStorage?: string | undefined;
}

/**
 * Renders defaults for containers that set no resources. Without a default for ephemeral storage its quota would be
 * decorative: pods that declare none are admitted and not counted (kubernetes.io, Resource Quotas).
 */
export function renderLimitRange(tenant: TenantInput, environment: TenantEnvironment): KubernetesObject {
  const { requests, limits, max } = tenant.plan.spec.containerDefaults;
  const { memoryLimitRequestRatio: ratio } = tenant.plan.spec.workloadLimits;
  const maxima = resourceList(max);
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: {
      name: 'tenant-limits',
      namespace: environment.namespace,
      labels: environmentLabels(tenant, environment),
    },
    spec: {
      limits: [
        {
          type: 'Container',
          default: resourceList(limits),
          defaultRequest: resourceList(requests),
          ...(Object.keys(maxima).length > 0 && { max: maxima }),
          ...(ratio !== null && { maxLimitRequestRatio: { memory: String(ratio) } }),
        },
      ],
    },
  };
}

function resourceList({ cpu, memory, ephemeralStorage }: Resources): Record<string, string> {
  return {
    ...(cpu !== undefined && { cpu: canonicalQuantity(cpu) }),
    ...(memory !== undefined && { memory: canonicalQuantity(memory) }),
    ...(ephemeralStorage !== undefined && { 'ephemeral-storage': canonicalQuantity(ephemeralStorage) }),
  };
}
