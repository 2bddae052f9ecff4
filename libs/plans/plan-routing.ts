import { z } from 'zod';

import { durationMs, durationSchema } from './duration.js';

/** Limits of a tenant's routes. */
export const routingSchema = z
  .strictObject({
    maxRoutes: z
      .int()
      .min(0)
      .max(200)
      .meta({ description: 'Maximum routes of each environment; 0: none.' })
      .default(20),
    defaultTimeout: durationSchema.meta({ description: 'Timeout of requests whose route sets none.' }).default('15s'),
    maxTimeout: durationSchema.meta({ description: 'Maximum timeout that a route can set.' }).default('60s'),
    maxRetries: z
      .int()
      .min(0)
      .max(10)
      .meta({ description: 'Maximum retries of a request by the gateway; 0: none.' })
      .default(2),
  })
  .superRefine(({ defaultTimeout, maxTimeout }, context) => {
    if (durationMs(defaultTimeout) <= durationMs(maxTimeout)) return;
    const message = `${defaultTimeout} exceeds the maximum timeout ${maxTimeout}.`;
    context.addIssue({ code: 'custom', path: ['defaultTimeout'], message });
  });

export type PlanRouting = z.output<typeof routingSchema>;
