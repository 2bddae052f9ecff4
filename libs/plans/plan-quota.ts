import { z } from 'zod';

import { dnsSubdomainSchema } from './names.js';
import { countSchema, quantitySchema } from './value-schemas.js';

/** Short enough for the name of a quota that contains it. */
const classNameSchema = dnsSubdomainSchema.max(200);

const storageClassQuotaSchema = z.strictObject({
  storage: quantitySchema.meta({ description: 'Size of all volume claims of this class together.' }).optional(),
  volumeClaims: countSchema().meta({ description: 'Volume claims of this class.' }).optional(),
});

const priorityClassQuotaSchema = z.strictObject({
  pods: countSchema().meta({ description: 'Pods of this class.' }).optional(),
  cpu: quantitySchema.meta({ description: 'CPU that they may request, and be limited to.' }).optional(),
  memory: quantitySchema.meta({ description: 'Memory that they may request, and be limited to, in bytes.' }).optional(),
});

/** The total of a tenant, over all its environments. */
export const quotaSchema = z.strictObject({
  cpu: quantitySchema.meta({
    description: 'CPU that all containers together may request, and may be limited to.',
    examples: ['4'],
  }),
  memory: quantitySchema.meta({
    description: 'Memory that all containers together may request, and may be limited to, in bytes.',
    examples: ['8Gi'],
  }),
  ephemeralStorage: quantitySchema
    .meta({ description: 'Disk of the nodes that all containers together may request, and may be limited to.' })
    .default('10Gi'),
  storage: quantitySchema.meta({ description: 'Size of all volume claims together.' }).default('10Gi'),
  volumeClaims: count('PersistentVolumeClaims.', 10),
  pods: count('Pods that have not ended.', 50),
  services: count('Services of every type.', 50),
  loadBalancers: count(
    'Services of type LoadBalancer. They must set allocateLoadBalancerNodePorts to false, for node ports stay closed.',
    0,
  ),
  ingresses: count('Ingresses.', 50),
  configMaps: count('ConfigMaps, with the two that the cluster and the mesh put into every namespace.', 100),
  secrets: count('Secrets.', 100),
  serviceAccounts: count('ServiceAccounts, with the two that every namespace has.', 50),
  deployments: count('Deployments.', 50),
  replicaSets: count('ReplicaSets; a Deployment keeps old ones for its history.', 500),
  statefulSets: count('StatefulSets.', 25),
  daemonSets: count('DaemonSets.', 10),
  replicationControllers: count('ReplicationControllers.', 10),
  jobs: count('Jobs, running or ended.', 100),
  cronJobs: count('CronJobs.', 25),
  horizontalPodAutoscalers: count('HorizontalPodAutoscalers.', 50),
  podDisruptionBudgets: count('PodDisruptionBudgets.', 50),
  roles: count('Roles.', 50),
  roleBindings: count('RoleBindings of the tenant’s own.', 50),
  networkPolicies: count('NetworkPolicies of the tenant’s own.', 50),
  httpRoutes: count('HTTPRoutes of the tenant’s own; `routing` bounds those of the API.', 100),
  grpcRoutes: count('GRPCRoutes.', 100),
  storageClasses: z
    .record(classNameSchema, storageClassQuotaSchema)
    .meta({
      description:
        'What of the storage may be of these StorageClasses; a class that is not named has no bound of its own.',
    })
    .default({}),
  priorityClasses: z
    .record(classNameSchema, priorityClassQuotaSchema)
    .meta({
      description: 'What pods of these PriorityClasses may use; a class that is not named has no bound of its own.',
    })
    .default({}),
});

/** Counts are part of every plan: without them one tenant could fill the cluster's database with small objects. */
function count(description: string, amount: number): z.ZodDefault<z.ZodInt> {
  return countSchema().meta({ description }).default(amount);
}
