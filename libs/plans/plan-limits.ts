import { z } from 'zod';

import { type containerDefaultsSchema } from './plan-containers.js';
import { compareQuantities, parseQuantity } from './quantity.js';

/** What workloads keep to beside the quota, which bounds all of them together. */
export const workloadLimitsSchema = z.strictObject({
  maxReplicas: z
    .int()
    .min(1)
    .max(100_000)
    .nullable()
    .meta({ description: 'The highest number of replicas of one workload, also by an autoscaler; null: any.' })
    .default(null),
  memoryLimitRequestRatio: z
    .int()
    .min(1)
    .max(100)
    .nullable()
    .meta({ description: 'How many times its request the memory limit of a container may be; null: any.' })
    .default(null),
  emptyDirSizeLimit: z
    .boolean()
    .meta({ description: 'Whether every emptyDir volume must state a sizeLimit.' })
    .default(false),
});

interface Limited {
  containerDefaults: z.output<typeof containerDefaultsSchema>;
  workloadLimits: z.output<typeof workloadLimitsSchema>;
}

/** A container that states nothing must not be refused for what it is given. */
export function checkRatio(plan: Limited, issue: (path: string[], message: string) => void): void {
  const { memoryLimitRequestRatio: ratio } = plan.workloadLimits;
  const { requests, limits } = plan.containerDefaults;
  if (ratio === null || parseQuantity(requests.memory) === 0n) return;
  const most = `${(parseQuantity(requests.memory) * BigInt(ratio)).toString()}n`;
  if (compareQuantities(limits.memory, most) <= 0) return;
  issue(
    ['containerDefaults', 'limits', 'memory'],
    `The default limit ${limits.memory} is more than ${ratio} times the default request ${requests.memory}.`,
  );
}
