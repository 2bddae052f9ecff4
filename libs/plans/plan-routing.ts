import { z } from 'zod';

import { durationMs, durationSchema } from './duration.js';

/** What the routes of a tenant keep to. */
export const routingSchema = z
  .strictObject({
    maxRoutes: z
      .int()
      .min(0)
      .max(200)
      .meta({ description: 'How many routes each environment may have; 0: none.' })
      .default(20),
    defaultTimeout: durationSchema
      .meta({ description: 'How long a request may take when its route says nothing.' })
      .default('15s'),
    maxTimeout: durationSchema
      .meta({ description: 'How long a request may take at most, whatever its route says.' })
      .default('60s'),
    maxRetries: z
      .int()
      .min(0)
      .max(10)
      .meta({ description: 'How often a gateway may try a request again; 0: never.' })
      .default(2),
  })
  .superRefine(({ defaultTimeout, maxTimeout }, context) => {
    if (durationMs(defaultTimeout) <= durationMs(maxTimeout)) return;
    const message = `${defaultTimeout} is more than the ${maxTimeout} that requests may take at most.`;
    context.addIssue({ code: 'custom', path: ['defaultTimeout'], message });
  });

export type PlanRouting = z.output<typeof routingSchema>;
