import { z } from 'zod';

import { compareQuantities } from './quantity.js';
import { quantitySchema } from './value-schemas.js';

/** The resources of a container that a plan speaks of. */
export const containerResources = ['cpu', 'memory', 'ephemeralStorage'] as const;

const requestsSchema = z.strictObject({
  cpu: quantitySchema.meta({ description: 'CPU.' }).default('50m'),
  memory: quantitySchema.meta({ description: 'Memory in bytes.' }).default('64Mi'),
  ephemeralStorage: quantitySchema.meta({ description: 'Disk of the node in bytes.' }).default('64Mi'),
});

const limitsSchema = z.strictObject({
  cpu: quantitySchema.meta({ description: 'CPU.' }).default('200m'),
  memory: quantitySchema.meta({ description: 'Memory in bytes.' }).default('256Mi'),
  ephemeralStorage: quantitySchema.meta({ description: 'Disk of the node in bytes.' }).default('256Mi'),
});

const maxSchema = z.strictObject({
  cpu: quantitySchema.meta({ description: 'CPU.' }).optional(),
  memory: quantitySchema.meta({ description: 'Memory in bytes.' }).optional(),
  ephemeralStorage: quantitySchema.meta({ description: 'Disk of the node in bytes.' }).optional(),
});

/**
 * What containers get that say nothing. There is no minimum and no ratio on purpose: both refuse pods that need
 * little, and a quota bounds the rest.
 */
export const containerDefaultsSchema = z
  .strictObject({
    requests: requestsSchema.meta({ description: 'Requests of a container that states none.' }).prefault({}),
    limits: limitsSchema.meta({ description: 'Limits of a container that states none.' }).prefault({}),
    max: maxSchema.meta({ description: 'The highest limits a container may state; absent: any.' }).prefault({}),
  })
  .superRefine(({ requests, limits, max }, context) => {
    for (const resource of containerResources) {
      const [request, limit, most] = [requests[resource], limits[resource], max[resource]];
      if (compareQuantities(request, limit) > 0) {
        const message = `The default request ${request} is more than the default limit ${limit}.`;
        context.addIssue({ code: 'custom', path: ['requests', resource], message });
      }
      if (most !== undefined && compareQuantities(limit, most) > 0) {
        const message = `The default limit ${limit} is more than the maximum ${most}.`;
        context.addIssue({ code: 'custom', path: ['limits', resource], message });
      }
    }
  });
