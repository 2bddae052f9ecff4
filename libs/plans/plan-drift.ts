import { z } from 'zod';

export const driftPolicies = ['heal', 'report'] as const;
export type DriftPolicy = (typeof driftPolicies)[number];

export const driftSchema = z.strictObject({
  policy: z
    .enum(driftPolicies)
    .meta({
      description:
        'What happens when the cluster differs from the desired state. "heal": it is corrected at once. ' +
        '"report": it is reported, and corrected only when the tenant is next changed. That includes ' +
        'restrictions: a deleted network policy stays deleted.',
    })
    .default('heal'),
});
