import { type z } from 'zod';

import { containerResources, type containerDefaultsSchema } from './plan-containers.js';
import { type quotaSchema } from './plan-quota.js';
import { compareQuantities, divideQuantity } from './quantity.js';

interface DividedPlan {
  storageClasses: readonly string[];
  priorityClasses: readonly string[];
  environments: { max: number };
  quota: z.output<typeof quotaSchema>;
  containerDefaults: z.output<typeof containerDefaultsSchema>;
}

/** What a namespace holds before its tenant has done anything; the rest of a count is the tenant's. */
const leastPerEnvironment = [
  { count: 'pods', least: 1, because: 'the pod it is for' },
  { count: 'configMaps', least: 2, because: 'kube-root-ca.crt and istio-ca-root-cert' },
  { count: 'serviceAccounts', least: 2, because: '"default" and "deployer"' },
] as const;

/**
 * Whether the quota can be divided over as many environments as the plan allows, so that in the smallest share one
 * container with the plan's own defaults still starts.
 */
export function checkShares(plan: DividedPlan, issue: (path: string[], message: string) => void): void {
  const { environments, quota, containerDefaults } = plan;
  for (const { count, least, because } of leastPerEnvironment) {
    if (quota[count] >= least * environments.max) continue;
    const message = `${environments.max} environments need at least ${least * environments.max}: each holds ${because}.`;
    issue(['quota', count], message);
  }
  for (const resource of containerResources) {
    const limit = containerDefaults.limits[resource];
    const step = resource === 'cpu' ? 'milli' : 'one';
    const share = divideQuantity(quota[resource], environments.max, step).at(-1) ?? '0';
    if (compareQuantities(share, limit) >= 0) continue;
    const message = `Divided over ${environments.max} environments this is ${share}, less than the default limit ${limit}.`;
    issue(['quota', resource], message);
  }
}

/** Whether the classes that the quota bounds are ones that the plan allows. */
export function checkClasses(plan: DividedPlan, issue: (path: string[], message: string) => void): void {
  const { quota, storageClasses, priorityClasses } = plan;
  for (const name of Object.keys(quota.storageClasses)) {
    if (storageClasses.length === 0 || storageClasses.includes(name)) continue;
    issue(['quota', 'storageClasses', name], `The plan does not allow the StorageClass "${name}".`);
  }
  for (const name of Object.keys(quota.priorityClasses)) {
    if (priorityClasses.includes(name)) continue;
    issue(['quota', 'priorityClasses', name], `The plan does not allow the PriorityClass "${name}".`);
  }
}
