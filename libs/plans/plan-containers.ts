import { z } from 'zod';

import { compareQuantities } from './quantity.js';
import { quantitySchema } from './value-schemas.js';

/** The container resources that a plan sets. */
export const containerResources = ['cpu', 'memory', 'ephemeralStorage'] as const;

const requestsSchema = z.strictObject({
  cpu: quantitySchema.meta({ description: 'CPU.' }).default('50m'),
  memory: quantitySchema.meta({ description: 'Memory in bytes.' }).default('64Mi'),
  ephemeralStorage: quantitySchema.meta({ description: 'Node disk in bytes.' }).default('64Mi'),
});

const limitsSchema = z.strictObject({
  cpu: quantitySchema.meta({ description: 'CPU.' }).default('200m'),
  memory: quantitySchema.meta({ description: 'Memory in bytes.' }).default('256Mi'),
  ephemeralStorage: quantitySchema.meta({ description: 'Node disk in bytes.' }).default('256Mi'),
});

const maxSchema = z.strictObject({
  cpu: quantitySchema.meta({ description: 'CPU.' }).optional(),
  memory: quantitySchema.meta({ description: 'Memory in bytes.' }).optional(),
  ephemeralStorage: quantitySchema.meta({ description: 'Node disk in bytes.' }).optional(),
});

/**
 * Defaults for containers that set no resources. There is deliberately no minimum and no ratio: both refuse small pods,
 * and a quota bounds the rest.
 */
export const containerDefaultsSchema = z
  .strictObject({
    requests: requestsSchema.meta({ description: 'Requests of a container that sets none.' }).prefault({}),
    limits: limitsSchema.meta({ description: 'Limits of a container that sets none.' }).prefault({}),
    max: maxSchema.meta({ description: 'Maximum limits that a container can set; absent: unlimited.' }).prefault({}),
  })
  .superRefine(({ requests, limits, max }, context) => {
    for (const resource of containerResources) {
      const [request, limit, maximum] = [requests[resource], limits[resource], max[resource]];
      if (compareQuantities(request, limit) > 0) {
        const message = `The default request ${request} exceeds the default limit ${limit}.`;
        context.addIssue({ code: 'custom', path: ['requests', resource], message });
      }
      if (maximum !== undefined && compareQuantities(limit, maximum) > 0) {
        const message = `The default limit ${limit} exceeds the maximum ${maximum}.`;
        context.addIssue({ code: 'custom', path: ['limits', resource], message });
      }
    }
  })
  .meta({ id: 'ContainerDefaults' });
