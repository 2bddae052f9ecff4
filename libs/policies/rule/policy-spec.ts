import { dnsLabel, exactlyOne, planIdSchema, readableLines, word } from '#plans';
import { z } from 'zod';

import { isParameterValue } from './parameters.js';
import { faultsOfKinds, faultsOfResources, faultsOfVariables, type RuleFault } from './rule-faults.js';

/** Immutable id of a policy, e.g. `block-images`: a DNS label of at most 40 characters. */
export const policyIdSchema = dnsLabel(40);

const text = (most: number): z.ZodString => z.string().trim().min(1).max(most);
/** A text whose lines errors refer to: it is kept as it was sent. */
const code = (most: number): z.ZodString => z.string().max(most).regex(/\S/, { error: 'Must not be blank.' });
/** The bounds are for readers of the JSON Schema; `faultOfLabel` says more about what is wrong. */
const labelText = z.string().meta({ maxLength: 63, pattern: '^\\S*$' });
const names = z.array(word(253)).min(1).max(50);

/** The form of the names and values of labels (kubernetes.io, Labels and Selectors). */
const LABEL = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const LABEL_WORDS =
  'must be at most 63 letters, digits, dots, hyphens and underscores, and begin and end with a letter or digit.';

function faultOfLabel(key: string, value: string): string | null {
  if (key.includes('/')) return 'Policies select tenants by labels without a prefix: the key must not contain "/".';
  if (!LABEL.test(key)) return `A key ${LABEL_WORDS}`;
  return value === '' || LABEL.test(value) ? null : `A value ${LABEL_WORDS}`;
}

function report(faults: readonly RuleFault[], context: z.RefinementCtx): void {
  for (const { path, message } of faults) context.addIssue({ code: 'custom', path, message });
}

const targetSchema = z
  .strictObject({
    all: z.literal(true).optional().describe('Every tenant.'),
    plans: z.array(planIdSchema).min(1).max(100).optional().describe('Tenants of these plans.'),
    tenants: z.array(word(100)).min(1).max(500).optional().describe('Tenants with these ids.'),
    labels: z
      .record(labelText, labelText)
      .superRefine((labels, context) => {
        for (const [key, value] of Object.entries(labels)) {
          const message = faultOfLabel(key, value);
          if (message !== null) context.addIssue({ code: 'custom', path: [key], message });
        }
      })
      .optional()
      .describe('Tenants with all of these labels. Keys have no prefix.'),
  })
  .superRefine((target, context) => {
    if (Object.keys(target).length === 1 && Object.keys(target.labels ?? { some: '' }).length > 0) return;
    context.addIssue({
      code: 'custom',
      message: 'Exactly one of "all", "plans", "tenants" and "labels" is required, and must not be empty.',
    });
  })
  .meta({
    id: 'PolicyTarget',
    ...exactlyOne({ all: 'Every tenant', plans: 'By plan', tenants: 'By id', labels: 'By label' }),
  });

const exceptionSchema = z
  .strictObject({
    tenant: word(100).describe('Id of a tenant to which the policy does not apply.'),
    reason: readableLines(500).min(1),
    expiresAt: z.iso
      .datetime({ offset: true })
      .nullable()
      .default(null)
      .describe('When the exception expires; null if it lasts until the policy is changed.'),
  })
  .meta({ id: 'PolicyException' });

const celSchema = z
  .strictObject({
    match: z
      .array(
        z
          .strictObject({
            apiGroups: names.describe('Names without a version; "" for pods, services and the like.'),
            resources: names.describe('Plural names; subresources such as `pods/ephemeralcontainers`.'),
            // No DELETE: a policy on deletions could block the deletion of a namespace.
            operations: z
              .array(z.enum(['CREATE', 'UPDATE']))
              .min(1)
              .max(2)
              .default(['CREATE', 'UPDATE']),
          })
          .superRefine((rule, context) => {
            report(faultsOfResources(rule), context);
          }),
      )
      .min(1)
      .max(20),
    variables: z
      .array(z.strictObject({ name: z.string().meta({ maxLength: 253, pattern: '^\\S*$' }), expression: code(10_000) }))
      .max(50)
      .superRefine((variables, context) => {
        report(faultsOfVariables(variables), context);
      })
      .default([])
      .describe('Named expressions, available to later expressions as `variables.NAME`.'),
    validations: z
      .array(
        z.strictObject({
          expression: code(10_000).describe('Evaluates to true if the write is allowed.'),
          message: text(1_000).regex(/^[^\n\r]*$/, { error: 'Must not contain line breaks.' }),
          messageExpression: code(10_000)
            .optional()
            .describe('Evaluates to the message; `message` is taken if that fails.'),
        }),
      )
      .min(1)
      .max(50),
  })
  .meta({ id: 'CelRule' });

const regoSchema = z
  .strictObject({
    match: z
      .array(
        z.strictObject({ apiGroups: names, kinds: names }).superRefine((rule, context) => {
          report(faultsOfKinds(rule), context);
        }),
      )
      .min(1)
      .max(20),
    source: code(100_000).describe(
      'Rego with a set `violation`, which gets `input.review` and `input.parameters`. Rego v0 is converted to v1, as ' +
        '`opa fmt` does, and stored so.',
    ),
    libs: z
      .array(code(100_000))
      .max(10)
      .optional()
      .describe('Libraries in Rego, whose packages begin with `lib`; the rule imports them as `data.lib.NAME`.'),
  })
  .meta({ id: 'RegoRule' });

const librarySchema = z.strictObject({ name: word(63).describe('A rule of `GET /v1/policy-library`.') });

const ruleSchema = z
  .strictObject({
    cel: celSchema.optional().describe('Enforced by the API server itself, as a ValidatingAdmissionPolicy.'),
    rego: regoSchema.optional().describe('Enforced by OPA Gatekeeper, where the cluster has it.'),
    library: librarySchema.optional().describe('A built-in rule.'),
  })
  .superRefine((rule, context) => {
    if (Object.keys(rule).length === 1) return;
    context.addIssue({ code: 'custom', message: 'Exactly one of "cel", "rego" and "library" is required.' });
  })
  .meta({ id: 'PolicyRule', ...exactlyOne({ cel: 'CEL', rego: 'Rego', library: 'Built-in rule' }) });

const parameterSchema = z.unknown().refine(isParameterValue, 'Must be a JSON value of at most twelve levels.');

const parametersSchema = z
  .record(
    z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_]{0,62}$/, {
        error: 'Must be a letter, followed by at most 62 letters, digits and underscores.',
      })
      .meta({ maxLength: 63 }),
    parameterSchema,
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
      'In Rego, unchanged in `input.parameters`. In CEL, in `variables.parameters`: numbers and booleans as strings, ' +
        'lists of strings joined by commas, objects and other lists unchanged.',
    ),
});
export type PolicySpec = z.output<typeof policySpecSchema>;
export type CelRule = z.output<typeof celSchema>;
