import {
  CUT_OFF_ANNOTATION,
  hostParameters,
  meshParameters,
  policyParameters,
  routeParameters,
} from '../admission/parameters.js';
import { meshOf } from '../mesh/mesh-model.js';
import { meshMarks } from '../mesh/render-mesh.js';
import { type KubernetesObject } from '../model/kubernetes-object.js';
import { environmentLabels, namespaceLabelOf, PLAN_LABEL } from '../model/labels.js';
import { isCutOff } from '../model/restriction.js';
import { type TenantEnvironment, type TenantInput } from '../model/tenant-input.js';

/** Renders the namespace of an environment, with the plan's levels of the Pod Security Standards. */
export function renderNamespace(tenant: TenantInput, environment: TenantEnvironment): KubernetesObject {
  const mesh = meshMarks(tenant);
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: environment.namespace,
      labels: {
        ...environmentLabels(tenant, environment),
        [PLAN_LABEL]: tenant.plan.id,
        ...ownLabels(tenant),
        ...podSecurityLabels(tenant),
        ...mesh.labels,
      },
      annotations: {
        ...policyParameters(tenant.plan.spec),
        ...hostParameters(tenant.hosts ?? []),
        ...routeParameters(tenant),
        ...meshParameters(meshOf(tenant)),
        ...mesh.annotations,
        ...(isCutOff(tenant) && { [CUT_OFF_ANNOTATION]: 'true' }),
      },
    },
  };
}

/** The tenant's labels go on the namespace itself, so that policies that select them apply from the start. */
function ownLabels({ labels = {} }: TenantInput): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels)
      .map(([key, value]) => [namespaceLabelOf(key), value])
      .filter(([key]) => key !== null),
  ) as Record<string, string>;
}

/**
 * Sets all six labels of Pod Security admission: a missing one falls back to the configuration of the cluster. The
 * enforced version is pinned, so that a cluster upgrade does not refuse pods that ran before; audit and warn report
 * what the newest version would refuse (kubernetes.io, Pod Security Admission).
 */
function podSecurityLabels({ plan, cluster }: TenantInput): Record<string, string> {
  const { enforce, audit, warn } = plan.spec.podSecurity;
  return {
    'pod-security.kubernetes.io/enforce': enforce,
    'pod-security.kubernetes.io/enforce-version': `v${cluster.minorVersion}`,
    'pod-security.kubernetes.io/audit': audit,
    'pod-security.kubernetes.io/audit-version': 'latest',
    'pod-security.kubernetes.io/warn': warn,
    'pod-security.kubernetes.io/warn-version': 'latest',
  };
}
