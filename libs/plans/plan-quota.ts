import { z } from 'zod';

import { dnsSubdomainSchema } from './names.js';
import { countSchema, quantitySchema } from './value-schemas.js';

/** Short enough for the name of the quota that contains it. */
const classNameSchema = dnsSubdomainSchema.max(200);

const storageClassQuotaSchema = z.strictObject({
  storage: quantitySchema.meta({ description: 'Total size of all volume claims of this class.' }).optional(),
  volumeClaims: countSchema().meta({ description: 'Volume claims of this class.' }).optional(),
});

const priorityClassQuotaSchema = z.strictObject({
  pods: countSchema().meta({ description: 'Pods of this class.' }).optional(),
  cpu: quantitySchema.meta({ description: 'Their total CPU requests, and total limits.' }).optional(),
  memory: quantitySchema.meta({ description: 'Their total memory requests, and total limits, in bytes.' }).optional(),
});

/**
 * A resource that only some nodes have: an extended resource of a device plugin, one that stands for a DeviceClass
 * (KEP-5004), or huge pages. Its name is part of a quota's key.
 */
const deviceNameSchema = z
  .string()
  .max(240)
  .regex(/^(hugepages-[1-9][0-9]*[KMG]i|[a-z0-9]([a-z0-9.-]*[a-z0-9])?\/[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)$/, {
    error: 'Must be an extended resource such as "nvidia.com/gpu", or huge pages such as "hugepages-2Mi".',
  })
  .refine((name) => !/^([a-z0-9.-]+\.)?kubernetes\.io\//.test(name), {
    error: 'Resources of kubernetes.io are not extended resources.',
  });

/** The total for a tenant, across all its environments. */
export const quotaSchema = z
  .strictObject({
    cpu: quantitySchema.meta({
      description: 'Total CPU requests of all containers, and total limits.',
      examples: ['4'],
    }),
    memory: quantitySchema.meta({
      description: 'Total memory requests of all containers, and total limits, in bytes.',
      examples: ['8Gi'],
    }),
    ephemeralStorage: quantitySchema
      .meta({ description: 'Total node disk requests of all containers, and total limits, in bytes.' })
      .default('10Gi'),
    storage: quantitySchema.meta({ description: 'Total size of all volume claims, in bytes.' }).default('10Gi'),
    volumeClaims: count('PersistentVolumeClaims.', 10),
    pods: count('Pods that have not terminated.', 50),
    finishedPods: count('Pods that have terminated and are kept, such as those of Jobs.', 500),
    services: count('Services of every type.', 50),
    loadBalancers: count(
      'Services of type LoadBalancer. They must set allocateLoadBalancerNodePorts to false: node ports are forbidden.',
      0,
    ),
    ingresses: count('Ingresses.', 50),
    configMaps: count('ConfigMaps, including two that the cluster and the mesh put into every namespace.', 100),
    secrets: count('Secrets.', 100),
    serviceAccounts: count('ServiceAccounts, including two that every namespace has.', 50),
    deployments: count('Deployments.', 50),
    replicaSets: count('ReplicaSets; a Deployment keeps old ones for its history.', 500),
    statefulSets: count('StatefulSets.', 25),
    daemonSets: count('DaemonSets.', 10),
    controllerRevisions: count('ControllerRevisions; a StatefulSet or DaemonSet keeps old ones for its history.', 500),
    replicationControllers: count('ReplicationControllers.', 10),
    jobs: count('Jobs, running or finished.', 100),
    cronJobs: count('CronJobs.', 25),
    horizontalPodAutoscalers: count('HorizontalPodAutoscalers.', 50),
    podDisruptionBudgets: count('PodDisruptionBudgets.', 50),
    roles: count('Roles.', 50),
    roleBindings: count('RoleBindings created by the tenant.', 50),
    networkPolicies: count('NetworkPolicies created by the tenant.', 50),
    httpRoutes: count('HTTPRoutes created by the tenant; `routing` limits those of the API.', 100),
    grpcRoutes: count('GRPCRoutes.', 100),
    devices: z
      .record(deviceNameSchema, quantitySchema)
      .meta({
        description:
          'Devices and huge pages that the tenant can use, by the name of their resource, such as "nvidia.com/gpu". ' +
          'Pods can request no resource that is not listed, except CPU, memory and node disk.',
        examples: [{ 'nvidia.com/gpu': '2' }],
      })
      .default({}),
    storageClasses: z
      .record(classNameSchema, storageClassQuotaSchema)
      .meta({
        description: 'Limits per StorageClass, within the total; a class that is not listed has no separate limit.',
      })
      .default({}),
    priorityClasses: z
      .record(classNameSchema, priorityClassQuotaSchema)
      .meta({
        description: 'Limits per PriorityClass, within the total; a class that is not listed has no separate limit.',
      })
      .default({}),
  })
  .meta({ id: 'PlanQuota' });

/** Every plan limits object counts: otherwise one tenant could fill the cluster's database with small objects. */
function count(description: string, amount: number): z.ZodDefault<z.ZodInt> {
  return countSchema().meta({ description }).default(amount);
}
