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

/** Objects in a namespace before its tenant has created any; the rest of a count is the tenant's. */
const minimumPerEnvironment = [
  { count: 'pods', minimum: 1, because: 'at least one pod' },
  { count: 'configMaps', minimum: 2, because: 'kube-root-ca.crt and istio-ca-root-cert' },
  { count: 'serviceAccounts', minimum: 2, because: '"default" and "deployer"' },
] as const;

/**
 * Checks that the quota can be divided among as many environments as the plan allows, so that one container with the
 * plan's defaults still starts in the smallest share.
 */
export function checkShares(plan: DividedPlan, issue: (path: string[], message: string) => void): void {
  const { environments, quota, containerDefaults } = plan;
  for (const { count, minimum, because } of minimumPerEnvironment) {
    if (quota[count] >= minimum * environments.max) continue;
    const message = `${environments.max} environments need at minimum ${minimum * environments.max}: each contains ${because}.`;
    issue(['quota', count], message);
  }
  for (const resource of containerResources) {
    const limit = containerDefaults.limits[resource];
    const step = resource === 'cpu' ? 'milli' : 'one';
    const share = divideQuantity(quota[resource], environments.max, step).at(-1) ?? '0';
    if (compareQuantities(share, limit) >= 0) continue;
    const message = `Divided among ${environments.max} environments this is ${share}, less than the default limit ${limit}.`;
    issue(['quota', resource], message);
  }
}

/** Checks that the plan allows the classes for which its quota sets limits. */
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
