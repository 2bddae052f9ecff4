import { z } from 'zod';

/** Limits for a tenant's links. A link must comply with the plans of both sides. */
export const linksSchema = z.strictObject({
  max: z
    .int()
    .min(0)
    .max(200)
    .meta({ description: 'Maximum links of a tenant at once, on either side, proposed ones included.' })
    .default(10),
  maxDays: z.int().min(1).max(3650).meta({ description: 'Maximum lifetime of a link in days.' }).default(90),
});
