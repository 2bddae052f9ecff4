import { z } from 'zod';

/** How far a tenant may be joined to others. A link has to keep to the plans of both its sides. */
export const linksSchema = z.strictObject({
  max: z
    .int()
    .min(0)
    .max(200)
    .meta({ description: 'How many links a tenant may have at once, on either side, proposed ones included.' })
    .default(10),
  maxDays: z.int().min(1).max(3650).meta({ description: 'After how many days a link ends at the latest.' }).default(90),
});
