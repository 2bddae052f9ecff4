import { z } from 'zod';

import { type containerDefaultsSchema } from './plan-containers.js';
import { compareQuantities, parseQuantity } from './quantity.js';

/** Limits of each workload, in addition to the quota, which bounds all of them together. */
export const workloadLimitsSchema = z.strictObject({
  maxReplicas: z
    .int()
    .min(1)
    .max(100_000)
    .nullable()
    .meta({ description: 'Maximum replicas of one workload, also for an autoscaler; null: unlimited.' })
    .default(null),
  memoryLimitRequestRatio: z
    .int()
    .min(1)
    .max(100)
    .nullable()
    .meta({ description: 'Maximum ratio of the memory limit of a container to its request; null: unlimited.' })
    .default(null),
  emptyDirSizeLimit: z
    .boolean()
    .meta({ description: 'Whether every emptyDir volume must set a sizeLimit.' })
    .default(false),
});

interface Limited {
  containerDefaults: z.output<typeof containerDefaultsSchema>;
  workloadLimits: z.output<typeof workloadLimitsSchema>;
}

/** Checks that a container without resources is not refused for its defaults. */
export function checkRatio(plan: Limited, issue: (path: string[], message: string) => void): void {
  const { memoryLimitRequestRatio: ratio } = plan.workloadLimits;
  const { requests, limits } = plan.containerDefaults;
  if (ratio === null || parseQuantity(requests.memory) === 0n) return;
  const maximum = `${(parseQuantity(requests.memory) * BigInt(ratio)).toString()}n`;
  if (compareQuantities(limits.memory, maximum) <= 0) return;
  issue(
    ['containerDefaults', 'limits', 'memory'],
    `The default limit ${limits.memory} exceeds ${ratio} times the default request ${requests.memory}.`,
  );
}
