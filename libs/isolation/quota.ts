import { divideQuantity, type PlanSpec, type QuantityStep } from '#plans';

import { type KubernetesObject } from './kubernetes-object.js';
import { environmentLabels } from './labels.js';
import { restrictionOf } from './restriction.js';
import { type TenantEnvironment, type TenantInput } from './tenant-input.js';

/** The quantities of a `ResourceQuota`, by resource name. */
export type Hard = Record<string, string>;

type QuotaField = keyof PlanSpec['quota'];

/** Which quota of Kubernetes holds which total of the plan. The record makes sure that none is forgotten. */
const resources: Record<QuotaField, { keys: readonly string[]; step: QuantityStep }> = {
  cpu: { keys: ['requests.cpu', 'limits.cpu'], step: 'milli' },
  memory: { keys: ['requests.memory', 'limits.memory'], step: 'one' },
  ephemeralStorage: { keys: ['requests.ephemeral-storage', 'limits.ephemeral-storage'], step: 'one' },
  storage: { keys: ['requests.storage'], step: 'one' },
  volumeClaims: { keys: ['persistentvolumeclaims'], step: 'one' },
  pods: { keys: ['pods'], step: 'one' },
  services: { keys: ['services'], step: 'one' },
  loadBalancers: { keys: ['services.loadbalancers'], step: 'one' },
  ingresses: { keys: ['count/ingresses.networking.k8s.io'], step: 'one' },
  configMaps: { keys: ['configmaps'], step: 'one' },
  secrets: { keys: ['secrets'], step: 'one' },
  serviceAccounts: { keys: ['count/serviceaccounts'], step: 'one' },
  deployments: { keys: ['count/deployments.apps'], step: 'one' },
  replicaSets: { keys: ['count/replicasets.apps'], step: 'one' },
  statefulSets: { keys: ['count/statefulsets.apps'], step: 'one' },
  daemonSets: { keys: ['count/daemonsets.apps'], step: 'one' },
  replicationControllers: { keys: ['replicationcontrollers'], step: 'one' },
  jobs: { keys: ['count/jobs.batch'], step: 'one' },
  cronJobs: { keys: ['count/cronjobs.batch'], step: 'one' },
  horizontalPodAutoscalers: { keys: ['count/horizontalpodautoscalers.autoscaling'], step: 'one' },
  podDisruptionBudgets: { keys: ['count/poddisruptionbudgets.policy'], step: 'one' },
};

interface Quota {
  name: string;
  spec: Record<string, unknown>;
}

/**
 * Quotas that no plan can loosen, each of them a wall against other tenants rather than a matter of size.
 * Rendered before the main quota, which counts them.
 */
function walls(): Quota[] {
  const systemClasses = {
    scopeName: 'PriorityClass',
    operator: 'In',
    values: ['system-cluster-critical', 'system-node-critical'],
  };
  const foreignAffinity = { scopeName: 'CrossNamespacePodAffinity', operator: 'Exists' };
  return [
    {
      // (Anti-)affinity to pods of other namespaces could keep those off a node (kubernetes.io, Resource Quotas).
      name: 'tenant-quota-cross-namespace-affinity',
      spec: { hard: { pods: '0' }, scopeSelector: { matchExpressions: [foreignAffinity] } },
    },
    {
      // Any namespace may use these classes by default, and its pods would push everyone else's off the nodes.
      name: 'tenant-quota-system-priority',
      spec: { hard: { pods: '0' }, scopeSelector: { matchExpressions: [systemClasses] } },
    },
  ];
}

/**
 * Divides the plan's totals over so many namespaces: one entry a namespace, the sum of each resource exactly the
 * total, the remainder in the first. A quota cannot list the storage or priority classes which a plan does not
 * allow (it would have to name every other class of the cluster), so those lists are left to admission policies.
 */
export function divideQuota(quota: PlanSpec['quota'], parts: number): Hard[] {
  const shares = Array.from({ length: parts }, (): Hard => ({}));
  for (const [field, { keys, step }] of Object.entries(resources)) {
    divideQuantity(String(quota[field as QuotaField]), parts, step).forEach((amount, index) => {
      for (const key of keys) Object.assign(shares[index] ?? {}, { [key]: amount });
    });
  }
  return shares;
}

/** The quota that holds an environment's share of the plan. */
export const QUOTA_NAME = 'tenant-quota';

/**
 * The quotas of one environment: the walls, and the environment's share of the plan. A suspended tenant starts no
 * pod, whoever scales its workloads up again.
 */
export function renderQuotas(tenant: TenantInput, environment: TenantEnvironment, share: Hard): KubernetesObject[] {
  const fixed = {
    // A node port is open on every node of the cluster, past the network policies of the namespace.
    'services.nodeports': '0',
    resourcequotas: String(walls().length + 1),
    ...(restrictionOf(tenant).suspended ? { pods: '0' } : {}),
  };
  const quotas = [...walls(), { name: QUOTA_NAME, spec: { hard: { ...share, ...fixed } } }];
  return quotas.map(({ name, spec }) => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name, namespace: environment.namespace, labels: environmentLabels(tenant, environment) },
    spec,
  }));
}
