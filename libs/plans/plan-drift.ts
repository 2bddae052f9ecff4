import { z } from 'zod';

export const driftPolicies = ['heal', 'report'] as const;
export type DriftPolicy = (typeof driftPolicies)[number];

export const driftSchema = z.strictObject({
  policy: z
    .enum(driftPolicies)
    .meta({
      description:
        'What happens when the cluster differs and nobody asked for a change. "heal": it is put right at once. ' +
        '"report": it is reported and left as it is until the tenant is next changed, and that includes what ' +
        'restricts: a network policy that somebody deleted stays deleted.',
    })
    .default('heal'),
});
