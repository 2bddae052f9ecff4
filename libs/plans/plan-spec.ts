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
import { countSchema, refuseRepeats } from './value-schemas.js';

const environmentsSchema = z
  .strictObject({
    default: z
      .array(environmentNameSchema)
      .min(1)
      .meta({ description: 'The environments of a tenant that asks for none in particular.' })
      .default([MAIN_ENVIRONMENT]),
    max: countSchema(1)
      .max(50, { abort: true })
      .meta({ description: 'How many environments a tenant may have.' })
      .default(1),
  })
  .superRefine(({ default: names, max }, context) => {
    if (names.length > max) {
      const message = `${names.length} environments are more than the ${max} that the plan allows.`;
      context.addIssue({ code: 'custom', path: ['default'], message });
    }
    refuseRepeats(names, (index, name) => {
      context.addIssue({ code: 'custom', path: ['default', index], message: `"${name}" is listed twice.` });
    });
  });

// "privileged" is not among the levels: it allows everything, a pod could take over its node.
const podSecurityLevelSchema = z.enum(['baseline', 'restricted']);

const podSecuritySchema = z.strictObject({
  enforce: podSecurityLevelSchema.meta({ description: 'Pods below this level are refused.' }).default('restricted'),
  audit: podSecurityLevelSchema
    .meta({ description: 'Pods below it are noted in the audit log.' })
    .default('restricted'),
  warn: podSecurityLevelSchema.meta({ description: 'Who creates pods below it is warned.' }).default('restricted'),
  userNamespaces: z
    .boolean()
    .meta({ description: 'Whether every pod runs in a user namespace: root in it is nobody on the node (KEP-127).' })
    .default(false),
  readOnlyRootFilesystem: z
    .boolean()
    .meta({ description: 'Whether the root filesystem of every container must be read-only.' })
    .default(false),
});

const imagesSchema = z.strictObject({
  registries: z
    .array(
      // Without the final slash "ghcr.io/acme" would also allow "ghcr.io/acme-evil".
      z.string().regex(/^(localhost|[a-z0-9-]*[.:][a-z0-9.:-]*)\/([a-z0-9._-]+\/)*$/, {
        error: 'A registry with an optional path, ending in "/", such as "ghcr.io/acme/".',
      }),
    )
    .meta({ description: 'What image references must start with; empty: anything.', examples: [['ghcr.io/acme/']] })
    .default([]),
  requireDigest: z.boolean().meta({ description: 'Whether images must be named by digest.' }).default(false),
});

const isolationChecksSchema = z.strictObject({
  everyHours: z
    .int()
    .min(1)
    .max(8760)
    .nullable()
    .meta({ description: 'How often a run begins by itself; null: only when somebody asks.' })
    .default(null),
});

const priorityClassSchema = dnsSubdomainSchema.refine((name) => !name.startsWith('system-'), {
  error: 'The system- classes put a pod above the cluster’s own.',
});

// As the API server takes it: a qualified name.
const loadBalancerClassSchema = z
  .string()
  .max(316)
  .regex(/^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/, {
    error: 'A name with an optional prefix, such as "example.com/internal".',
  });

const billingSchema = z.strictObject({
  graceDays: countSchema()
    .max(3650)
    .meta({ description: 'Days between a failed payment and the suspension of the tenant.' })
    .default(14),
  suspendedRetentionDays: countSchema()
    .max(3650)
    .meta({ description: 'Days for which the data of a suspended or deleted tenant is kept.' })
    .default(30),
  priceLookupKeys: z
    .array(z.string().min(1).max(200))
    .meta({ description: 'The lookup keys of the prices by which the billing system sells this plan.' })
    .default([]),
});

/** What a tenant buys. Unknown members are refused; issues carry the path of what is wrong. */
export const planSpecSchema = z
  .strictObject({
    environments: environmentsSchema.meta({ description: 'The namespaces of a tenant.' }).prefault({}),
    quota: quotaSchema.meta({ description: 'What the tenant may use in total, divided over its environments.' }),
    containerDefaults: containerDefaultsSchema
      .meta({ description: 'Requests and limits of containers that state none.' })
      .prefault({}),
    podSecurity: podSecuritySchema.meta({ description: 'Levels of the Pod Security Standards.' }).prefault({}),
    network: networkSchema.meta({ description: 'What pods reach and what reaches them.' }).prefault({}),
    mesh: meshSchema.meta({ description: 'Service mesh.' }).prefault({}),
    routing: routingSchema.meta({ description: 'What routes keep to (/v1/tenants/{id}/routes).' }).prefault({}),
    images: imagesSchema.meta({ description: 'Which container images may run.' }).prefault({}),
    storageClasses: z
      .array(dnsSubdomainSchema)
      .meta({ description: 'StorageClasses that volume claims may name; empty: any.' })
      .default([]),
    csiDrivers: z
      .array(dnsSubdomainSchema)
      .meta({ description: 'CSI drivers whose volumes pods may mount without a claim; empty: none.' })
      .default([]),
    ingressClasses: z
      .array(dnsSubdomainSchema)
      .meta({ description: 'IngressClasses that Ingresses may name; empty: any.' })
      .default([]),
    loadBalancerClasses: z
      .array(loadBalancerClassSchema)
      .meta({ description: 'Classes that load balancers may name; empty: none, they are of the cluster’s own.' })
      .default([]),
    priorityClasses: z
      .array(priorityClassSchema)
      .meta({ description: 'PriorityClasses that pods may name; empty: none, pods have the cluster’s default.' })
      .default([]),
    runtimeClass: dnsSubdomainSchema
      .nullable()
      .meta({ description: 'The RuntimeClass that every pod runs in; null: the node’s default.' })
      .default(null),
    nodePool: dnsLabel()
      .nullable()
      .meta({ description: 'The pool of nodes that the tenant’s pods run on; null: shared nodes.' })
      .default(null),
    workloads: workloadsSchema.meta({ description: 'The tenant’s dedicated services.' }).default([]),
    billing: billingSchema.meta({ description: 'Terms of payment.' }).prefault({}),
    workloadLimits: workloadLimitsSchema.meta({ description: 'What each workload keeps to.' }).prefault({}),
    isolationChecks: isolationChecksSchema
      .meta({ description: 'Proof that the tenant is kept apart, made without being asked for.' })
      .prefault({}),
    links: linksSchema.meta({ description: 'Ways between the tenant and others.' }).prefault({}),
    drift: driftSchema.meta({ description: 'What happens to changes that nobody asked for.' }).prefault({}),
  })
  .superRefine((plan, context) => {
    const issue = (path: string[], message: string): void => {
      context.addIssue({ code: 'custom', path, message });
    };
    checkShares(plan, issue);
    checkClasses(plan, issue);
    checkRatio(plan, issue);
  });

/** A plan with every default filled in. */
export type PlanSpec = z.output<typeof planSpecSchema>;
/** A plan as it is written. */
export type PlanSpecInput = z.input<typeof planSpecSchema>;
