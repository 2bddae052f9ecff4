import { z } from 'zod';

import { dnsLabel, dnsSubdomainSchema, environmentNameSchema, MAIN_ENVIRONMENT } from './names.js';
import { containerDefaultsSchema } from './plan-containers.js';
import { checkRatio, workloadLimitsSchema } from './plan-limits.js';
import { driftSchema } from './plan-drift.js';
import { linksSchema } from './plan-links.js';
import { meshSchema } from './plan-mesh.js';
import { networkSchema } from './plan-network.js';
import { quotaSchema } from './plan-quota.js';
import { routingSchema } from './plan-routing.js';
import { checkClasses, checkShares } from './plan-shares.js';
import { workloadsSchema } from './plan-workloads.js';
import { annotationsSchema, tokenAudiencesSchema } from './plan-allowances.js';
import { word } from './readable-text.js';
import { countSchema, rejectDuplicates } from './value-schemas.js';

/** Most items of a list of names. */
const MOST_ITEMS = 1_000;

const environmentsSchema = z
  .strictObject({
    default: z
      .array(environmentNameSchema)
      .min(1)
      .max(50)
      .meta({ description: 'Environments of a tenant that is created without any.' })
      .default([MAIN_ENVIRONMENT]),
    max: countSchema(1).max(50, { abort: true }).meta({ description: 'Maximum environments of a tenant.' }).default(1),
  })
  .superRefine(({ default: names, max }, context) => {
    if (names.length > max) {
      const message = `${names.length} environments exceed the maximum of ${max}.`;
      context.addIssue({ code: 'custom', path: ['default'], message });
    }
    rejectDuplicates(names, (index, name) => {
      context.addIssue({ code: 'custom', path: ['default', index], message: `"${name}" is listed twice.` });
    });
  });

// "privileged" is not a level here: it allows everything, so a pod could take over its node.
const podSecurityLevelSchema = z.enum(['baseline', 'restricted']);

const podSecuritySchema = z
  .strictObject({
    enforce: podSecurityLevelSchema
      .meta({ description: 'Pods that violate this level are refused.' })
      .default('restricted'),
    audit: podSecurityLevelSchema
      .meta({ description: 'Pods that violate this level are recorded in the audit log.' })
      .default('restricted'),
    warn: podSecurityLevelSchema
      .meta({ description: 'Clients that create pods that violate this level are warned.' })
      .default('restricted'),
    userNamespaces: z
      .boolean()
      .meta({
        description: 'Whether every pod runs in a user namespace: its root has no rights on the node (KEP-127).',
      })
      .default(false),
    readOnlyRootFilesystem: z
      .boolean()
      .meta({ description: 'Whether the root filesystem of every container must be read-only.' })
      .default(false),
  })
  .meta({ id: 'PodSecurity' });

const imagesSchema = z.strictObject({
  registries: z
    .array(
      // Without the trailing slash "ghcr.io/acme" would also allow "ghcr.io/acme-evil".
      z
        .string()
        .max(255)
        .regex(/^(localhost|[a-z0-9-]*[.:][a-z0-9.:-]*)\/([a-z0-9._-]+\/)*$/, {
          error: 'Must be a registry with an optional path, ending in "/", such as "ghcr.io/acme/".',
        }),
    )
    .max(MOST_ITEMS)
    .meta({ description: 'Allowed prefixes of image references; empty: any.', examples: [['ghcr.io/acme/']] })
    .default([]),
  requireDigest: z.boolean().meta({ description: 'Whether image references must contain a digest.' }).default(false),
});

const isolationChecksSchema = z.strictObject({
  everyHours: z
    .int()
    .min(1)
    .max(8760)
    .nullable()
    .meta({ description: 'Hours between scheduled isolation checks; null: only on request.' })
    .default(null),
});

const priorityClassSchema = dnsSubdomainSchema.refine((name) => !name.startsWith('system-'), {
  error: 'The system- classes are reserved for pods of the cluster.',
});

// A qualified name, as the API server accepts it.
const loadBalancerClassSchema = z
  .string()
  .max(316)
  .regex(/^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/, {
    error: 'Must be a name with an optional prefix, such as "example.com/internal".',
  });

const billingSchema = z
  .strictObject({
    paymentGraceDays: countSchema()
      .max(3650)
      .meta({
        description:
          'Days between a failed payment and the suspension of the tenant. Stored for the billing system: Bulkhead ' +
          'itself does nothing with it yet.',
      })
      .default(14),
    deletionRetentionDays: countSchema()
      .max(3650)
      .meta({
        description: 'Days between the request to delete a tenant and its deletion. Until then its data is kept.',
      })
      .default(30),
    priceLookupKeys: z
      .array(word(200).min(1))
      .max(MOST_ITEMS)
      .meta({
        description:
          'Lookup keys of the prices at which the billing system sells this plan. Stored for the billing system: ' +
          'Bulkhead itself does nothing with them yet.',
      })
      .default([]),
  })
  .meta({ id: 'PlanBilling' });

/** What a tenant buys. Unknown fields are rejected; issues carry the path of the error. */
export const planSpecSchema = z
  .strictObject({
    environments: environmentsSchema.meta({ description: 'The namespaces of a tenant.' }).prefault({}),
    quota: quotaSchema.meta({ description: 'Total limits of the tenant, divided among its environments.' }),
    containerDefaults: containerDefaultsSchema
      .meta({ description: 'Default and maximum resources of containers.' })
      .prefault({}),
    podSecurity: podSecuritySchema.meta({ description: 'Levels of the Pod Security Standards.' }).prefault({}),
    network: networkSchema.meta({ description: 'What pods can reach, and what can reach them.' }).prefault({}),
    mesh: meshSchema.meta({ description: 'Service mesh.' }).prefault({}),
    routing: routingSchema.meta({ description: 'Limits of routes (/v1/tenants/{id}/routes).' }).prefault({}),
    images: imagesSchema.meta({ description: 'Allowed container images.' }).prefault({}),
    storageClasses: z
      .array(dnsSubdomainSchema)
      .max(MOST_ITEMS)
      .meta({ description: 'StorageClasses that volume claims can use; empty: any.' })
      .default([]),
    csiDrivers: z
      .array(dnsSubdomainSchema)
      .max(MOST_ITEMS)
      .meta({ description: 'CSI drivers whose volumes pods can mount without a claim; empty: none.' })
      .default([]),
    ingressClasses: z
      .array(dnsSubdomainSchema)
      .max(MOST_ITEMS)
      .meta({ description: 'IngressClasses that Ingresses can use; empty: any.' })
      .default([]),
    loadBalancerClasses: z
      .array(loadBalancerClassSchema)
      .max(MOST_ITEMS)
      .meta({ description: 'Classes that load balancers can use; empty: only the default of the cluster.' })
      .default([]),
    priorityClasses: z
      .array(priorityClassSchema)
      .max(MOST_ITEMS)
      .meta({ description: 'PriorityClasses that pods can use; empty: only the default of the cluster.' })
      .default([]),
    annotations: annotationsSchema,
    tokenAudiences: tokenAudiencesSchema,
    runtimeClass: dnsSubdomainSchema
      .nullable()
      .meta({ description: 'The RuntimeClass of every pod; null: the default of the node.' })
      .default(null),
    nodePool: dnsLabel()
      .nullable()
      .meta({ description: 'The node pool of the tenant’s pods; null: shared nodes.' })
      .default(null),
    workloads: workloadsSchema.meta({ description: 'The tenant’s dedicated workloads.' }).default([]),
    billing: billingSchema.meta({ description: 'Payment terms and retention.' }).prefault({}),
    workloadLimits: workloadLimitsSchema.meta({ description: 'Limits of each workload.' }).prefault({}),
    isolationChecks: isolationChecksSchema
      .meta({ description: 'Scheduled proof that the tenant is isolated.' })
      .prefault({}),
    links: linksSchema.meta({ description: 'Limits of links between the tenant and others.' }).prefault({}),
    drift: driftSchema.meta({ description: 'How changes made outside Bulkhead are handled.' }).prefault({}),
  })
  .superRefine((plan, context) => {
    const issue = (path: string[], message: string): void => {
      context.addIssue({ code: 'custom', path, message });
    };
    checkShares(plan, issue);
    checkClasses(plan, issue);
    checkRatio(plan, issue);
  })
  .meta({ id: 'PlanSpec' });

/** A plan with every default filled in. */
export type PlanSpec = z.output<typeof planSpecSchema>;
/** A plan as callers write it. */
export type PlanSpecInput = z.input<typeof planSpecSchema>;
