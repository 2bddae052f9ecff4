import { canonicalQuantity, divideQuantity, parseQuantity, type PlanSpec, type QuantityStep } from '#plans';

import { type KubernetesObject } from '../model/kubernetes-object.js';
import { environmentLabels } from '../model/labels.js';
import { restrictionOf } from '../model/restriction.js';
import { type ClusterFacts, type TenantEnvironment, type TenantInput } from '../model/tenant-input.js';
import { additionalPolicyCount } from '../network/network-policy.js';
import { routesIn } from '../routing/render-routes.js';

/** The quantities of a `ResourceQuota`, by resource name. */
export type QuotaQuantities = Record<string, string>;

type PlanQuota = PlanSpec['quota'];
type QuotaField = Exclude<
  keyof PlanQuota,
  'finishedPods' | 'devices' | 'storageClasses' | 'priorityClasses' | AccessField
>;
type AccessField = 'roles' | 'roleBindings' | 'networkPolicies' | 'httpRoutes' | 'grpcRoutes';

interface Total {
  keys: readonly string[];
  step: QuantityStep;
}

/** Maps each total of the plan to resource names of a quota. The Record type ensures that none is missing. */
const resources: Record<QuotaField, Total> = {
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
  controllerRevisions: { keys: ['count/controllerrevisions.apps'], step: 'one' },
  replicationControllers: { keys: ['replicationcontrollers'], step: 'one' },
  jobs: { keys: ['count/jobs.batch'], step: 'one' },
  cronJobs: { keys: ['count/cronjobs.batch'], step: 'one' },
  horizontalPodAutoscalers: { keys: ['count/horizontalpodautoscalers.autoscaling'], step: 'one' },
  podDisruptionBudgets: { keys: ['count/poddisruptionbudgets.policy'], step: 'one' },
};

/** Kinds written by both tenants and Bulkhead, with Bulkhead's own share per namespace. */
const accessCounts: Record<AccessField, { key: string; ours: number }> = {
  roles: { key: 'count/roles.rbac.authorization.k8s.io', ours: 0 },
  roleBindings: { key: 'count/rolebindings.rbac.authorization.k8s.io', ours: 4 },
  // With room for the policies of an earlier release, which are removed after those that replace them are applied.
  networkPolicies: { key: 'count/networkpolicies.networking.k8s.io', ours: 9 },
  httpRoutes: { key: 'count/httproutes.gateway.networking.k8s.io', ours: 0 },
  grpcRoutes: { key: 'count/grpcroutes.gateway.networking.k8s.io', ours: 0 },
};

interface Quota {
  name: string;
  spec: Record<string, unknown>;
}

/** The share of a plan's quota for one environment. */
export interface QuotaShare {
  total: QuotaQuantities;
  access: QuotaQuantities;
  /** Quantities by the name of their PriorityClass. */
  priorityClasses: readonly [string, QuotaQuantities][];
}

/**
 * Divides the plan's totals among namespaces: one entry per namespace, adding up to exactly the total, with the
 * remainder in the first. A quota cannot exclude the storage or priority classes that a plan does not allow (it would
 * have to name every other class of the cluster), so admission policies do that.
 */
export function divideQuota(quota: PlanQuota, parts: number): QuotaShare[] {
  const totals = divide(
    [
      ...Object.entries(resources).map(([field, total]) => [quota[field as QuotaField], total] as const),
      // `pods` leaves out those that have terminated, which stay in the database until somebody removes them.
      [quota.pods + quota.finishedPods, one('count/pods')] as const,
      ...Object.entries(quota.devices).map(([name, amount]) => [amount, one(`requests.${name}`)] as const),
      ...Object.entries(quota.storageClasses).flatMap(([name, { storage, volumeClaims }]) => [
        [storage, one(`${name}.storageclass.storage.k8s.io/requests.storage`)] as const,
        [volumeClaims, one(`${name}.storageclass.storage.k8s.io/persistentvolumeclaims`)] as const,
      ]),
    ],
    parts,
  );
  const access = divide(
    Object.entries(accessCounts).map(
      ([field, { key, ours }]) => [quota[field as AccessField] + ours * parts, one(key)] as const,
    ),
    parts,
  );
  const classes = Object.entries(quota.priorityClasses).map(([name, { pods, cpu, memory }]) => ({
    name,
    shares: divide(
      [
        [pods, resources.pods],
        [cpu, resources.cpu],
        [memory, resources.memory],
      ],
      parts,
    ),
  }));
  return totals.map((total, index) => ({
    total,
    access: access[index] ?? {},
    priorityClasses: classes.map(({ name, shares }) => [name, shares[index] ?? {}]),
  }));
}

const one = (key: string): Total => ({ keys: [key], step: 'one' });

function divide(amounts: readonly (readonly [string | number | undefined, Total])[], parts: number): QuotaQuantities[] {
  const shares = Array.from({ length: parts }, (): QuotaQuantities => ({}));
  for (const [amount, { keys, step }] of amounts) {
    if (amount === undefined) continue;
    divideQuantity(String(amount), parts, step).forEach((part, index) => {
      for (const key of keys) Object.assign(shares[index] ?? {}, { [key]: part });
    });
  }
  return shares;
}

/** The quota with an environment's share of the plan. */
export const QUOTA_NAME = 'tenant-quota';
/** The quota that counts objects that grant access or allow traffic. */
export const ACCESS_QUOTA_NAME = 'tenant-quota-access';

/**
 * Room for quotas that were counted but never created: the API server counts before it stores, and does not roll back
 * when a worker dies in between or the name is taken. It recounts only every five minutes
 * (--resource-quota-sync-period), and until then a namespace without room could not be completed. Tenants have no right
 * to create quotas.
 */
const SPARE_QUOTAS = 8;

/**
 * Renders the quotas of one environment: the fixed ones, and its share of the plan. A suspended tenant cannot start
 * pods, even if its workloads are scaled up again.
 */
export function renderQuotas(
  tenant: TenantInput,
  environment: TenantEnvironment,
  share: QuotaShare,
): KubernetesObject[] {
  const classes = share.priorityClasses.filter(([, hard]) => Object.keys(hard).length > 0).map(ofPriorityClass);
  const fixed = {
    // A node port is open on every node of the cluster, bypassing the network policies of the namespace.
    'services.nodeports': '0',
    resourcequotas: String(classes.length + 2 + SPARE_QUOTAS),
    ...(restrictionOf(tenant).suspended ? { pods: '0' } : {}),
  };
  const quotas = [...classes, { name: QUOTA_NAME, spec: { hard: { ...share.total, ...fixed } } }];
  return quotas.map((quota) => resourceQuota(tenant, environment, quota));
}

/**
 * Renders the quota of objects that grant access or allow traffic. It is created after them, but updated before them,
 * so that there is room.
 */
export function renderAccessQuota(
  tenant: TenantInput,
  environment: TenantEnvironment,
  { access }: QuotaShare,
): KubernetesObject {
  const { networkPolicies, httpRoutes, grpcRoutes } = accessCounts;
  // Objects for the mesh, links and routes of the API do not count against the tenant.
  const further: Record<string, number> = {
    [networkPolicies.key]: additionalPolicyCount(tenant, environment),
    [httpRoutes.key]: routesIn(tenant, environment).length,
  };
  // A quota for a kind that the cluster does not count refuses every object of that kind.
  const uncounted = [httpRoutes.key, grpcRoutes.key].filter((key) => !isCounted(tenant.cluster, key));
  const counts = Object.entries(access).filter(([key]) => !uncounted.includes(key));
  const hard = Object.fromEntries(counts.map(([key, count]) => [key, moreThan(count, further[key] ?? 0)]));
  return resourceQuota(tenant, environment, { name: ACCESS_QUOTA_NAME, spec: { hard } });
}

function isCounted({ countedRoutes = [] }: ClusterFacts, key: string): boolean {
  return countedRoutes.some((resource) => key === `count/${resource}`);
}

function moreThan(count: string, further: number): string {
  return canonicalQuantity(String(parseQuantity(count) / parseQuantity('1') + BigInt(further)));
}

function resourceQuota(tenant: TenantInput, environment: TenantEnvironment, { name, spec }: Quota): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name, namespace: environment.namespace, labels: environmentLabels(tenant, environment) },
    spec,
  };
}

function ofPriorityClass([name, hard]: readonly [string, QuotaQuantities]): Quota {
  const scope = { scopeName: 'PriorityClass', operator: 'In', values: [name] };
  return { name: `tenant-quota-priority-${name}`, spec: { hard, scopeSelector: { matchExpressions: [scope] } } };
}
