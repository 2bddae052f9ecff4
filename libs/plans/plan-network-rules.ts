import { z } from 'zod';

import { publicHostSchema } from './public-host.js';
import { cidrListSchema } from './value-schemas.js';

/**
 * What network rules of a tenant can open. The default is nothing: a rule that denies only narrows, so no bound applies to
 * it but the number of rules.
 */
export const networkRulesSchema = z.strictObject({
  max: z
    .int()
    .min(0)
    .max(200)
    .meta({ description: 'Maximum network rules of a tenant, not counting those beyond the plan.' })
    .default(20),
  egress: cidrListSchema
    .meta({
      description:
        'Ranges within which rules can allow egress. What no plan can open stays closed, also within these ranges.',
      examples: [['0.0.0.0/0']],
    })
    .default([]),
  ingress: cidrListSchema
    .meta({ description: 'Ranges from which rules can allow ingress.', examples: [['203.0.113.0/24']] })
    .default([]),
  hosts: z
    .array(publicHostSchema)
    .max(200, { abort: true })
    .meta({
      description: 'Hosts to which rules can allow egress; "*.example.com" stands for every name below example.com.',
      examples: [['*.example.com']],
    })
    .default([]),
  denyOnly: z
    .boolean()
    .meta({ description: 'Whether rules can only deny, whatever the ranges and hosts say.' })
    .default(false),
});
