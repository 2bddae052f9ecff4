import { dnsLabel, planIdSchema } from '#plans';
import { z } from 'zod';

/** Immutable id of a policy, e.g. `block-images`: a DNS label of at most 40 characters. */
export const policyIdSchema = dnsLabel(40);

const text = (most: number): z.ZodString => z.string().trim().min(1).max(most);
const names = z.array(z.string().max(253)).min(1).max(50);

const targetSchema = z
  .strictObject({
    all: z.literal(true).optional().describe('Every tenant.'),
    plans: z.array(planIdSchema).min(1).max(100).optional().describe('Tenants of these plans.'),
    tenants: z.array(z.string().max(100)).min(1).max(500).optional().describe('Tenants with these ids.'),
    labels: z
      .record(z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/), z.string().max(63))
      .optional()
      .describe('Tenants with all of these labels. Keys have no prefix.'),
  })
  .superRefine((target, context) => {
    if (Object.keys(target).length === 1 && Object.keys(target.labels ?? { some: '' }).length > 0) return;
    context.addIssue({
      code: 'custom',
      message: 'Exactly one of "all", "plans", "tenants" and "labels" is required, and must not be empty.',
    });
  });

const exceptionSchema = z.strictObject({
  tenant: z.string().max(100).describe('Id of a tenant to which the policy does not apply.'),
  reason: text(500),
  expiresAt: z.iso
    .datetime({ offset: true })
    .nullable()
    .default(null)
    .describe('When the exception expires; null if it lasts until the policy is changed.'),
});

const celSchema = z.strictObject({
  match: z
    .array(
      z.strictObject({
        apiGroups: names,
        resources: names.describe('Plural names; subresources such as `pods/ephemeralcontainers`.'),
        // No DELETE: a policy on deletions could block the deletion of a namespace.
        operations: z
          .array(z.enum(['CREATE', 'UPDATE']))
          .min(1)
          .max(2)
          .default(['CREATE', 'UPDATE']),
      }),
    )
    .min(1)
    .max(20),
  variables: z
    .array(z.strictObject({ name: z.string().regex(/^(?!parameters$)[A-Za-z_]\w{0,62}$/), expression: text(10_000) }))
    .max(50)
    .default([])
    .describe('Named expressions, available to later expressions as `variables.NAME`.'),
  validations: z
    .array(
      z.strictObject({
        expression: text(10_000).describe('Evaluates to true if the write is allowed.'),
        message: text(1_000),
      }),
    )
    .min(1)
    .max(50),
});

const regoSchema = z.strictObject({
  match: z
    .array(z.strictObject({ apiGroups: names, kinds: names }))
    .min(1)
    .max(20),
  source: text(100_000).describe(
    'Rego (v1) with a rule `violation`, which gets `input.review` and `input.parameters`.',
  ),
});

const librarySchema = z.strictObject({ name: z.string().max(63).describe('A rule of `GET /v1/policy-library`.') });

const ruleSchema = z
  .strictObject({
    cel: celSchema.optional().describe('Enforced by the API server itself, as a ValidatingAdmissionPolicy.'),
    rego: regoSchema.optional().describe('Enforced by OPA Gatekeeper, where the cluster has it.'),
    library: librarySchema.optional().describe('A built-in rule.'),
  })
  .superRefine((rule, context) => {
    if (Object.keys(rule).length === 1) return;
    context.addIssue({ code: 'custom', message: 'Exactly one of "cel", "rego" and "library" is required.' });
  });

const parametersSchema = z
  .record(
    z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,62}$/),
    z.union([z.string().max(2_000), z.number(), z.boolean(), z.array(z.string().max(500)).max(1_000)]),
  )
  .refine((parameters) => JSON.stringify(parameters).length <= 200_000, 'At most 200,000 characters.');

/** The content of a policy. */
export const policySpecSchema = z.strictObject({
  target: targetSchema.describe('The tenants to which the policy applies.'),
  mode: z
    .enum(['audit', 'warn', 'enforce'])
    .describe(
      'What happens to a violating write. `audit`: recorded only. `warn`: allowed with a warning. `enforce`: refused.',
    ),
  exceptions: z.array(exceptionSchema).max(200).default([]),
  rule: ruleSchema,
  parameters: parametersSchema
    .default({})
    .describe(
      'In CEL, strings in `variables.parameters`, with lists joined by commas; in Rego, unchanged in ' +
        '`input.parameters`.',
    ),
});
export type PolicySpec = z.output<typeof policySpecSchema>;
export type CelRule = z.output<typeof celSchema>;
export type PolicyParameters = PolicySpec['parameters'];
