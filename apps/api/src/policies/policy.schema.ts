import { type PolicyAtVersion, policyIdSchema, policySpecSchema, policyStates, type PolicyViolation } from '#policies';
import { z } from 'zod';

import { Answer } from '../http/answer.js';
import { pageQuery } from '../http/paging.js';
import { conditionOf, policyConditionSchema } from './policy-condition.js';

const description = z.string().trim().max(2_000).default('').describe('For people.');
const example = {
  description: 'CVE-2026-12345',
  target: { all: true as const },
  mode: 'enforce' as const,
  rule: { library: { name: 'block-images' } },
  parameters: { images: ['registry.example/app:1.2.3'] },
};

export const createPolicyRequest = z
  .strictObject({ id: policyIdSchema.describe('Chosen once.'), description, ...policySpecSchema.shape })
  .meta({ examples: [{ id: 'block-cve', ...example }] });
export const changePolicyRequest = z
  .strictObject({ description, ...policySpecSchema.shape })
  .meta({ description: 'The whole new content, not a patch.', examples: [example] });
export const rollBackPolicyRequest = z.strictObject({
  version: z.int().min(1).max(999_999_999).describe('The version to return to.'),
});

const kubernetesObject = z
  .looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.looseObject({}) })
  .describe('A whole object, as it would be stored.');

export const testPolicyRequest = z
  .strictObject({
    version: z.int().min(1).optional().describe('Left out: the newest.'),
    live: z
      .strictObject({
        tenants: z
          .array(z.string().max(100))
          .min(1)
          .max(500)
          .optional()
          .describe('Of these tenants, by id, whether it holds for them or not. Left out: of all for whom it holds.'),
      })
      .optional()
      .describe('What stands in the cluster, as if it were made now.'),
    reviews: z
      .array(
        z.strictObject({
          operation: z.enum(['CREATE', 'UPDATE']).default('CREATE'),
          resource: z.string().min(1).max(253).describe('Plural, such as `pods`.'),
          object: kubernetesObject,
          oldObject: kubernetesObject.nullable().default(null).describe('As it was; for `UPDATE`.'),
          namespaceObject: kubernetesObject
            .nullable()
            .default(null)
            .describe('The namespace, where the rule looks at it.'),
        }),
      )
      .min(1)
      .max(100)
      .optional()
      .describe('Objects, as they would be written.'),
  })
  .refine(
    ({ live, reviews }) => (live === undefined) !== (reviews === undefined),
    'Exactly one of "live" and "reviews".',
  );

export const testPolicyResponse = z.strictObject({
  version: z.int(),
  results: z.array(
    z.strictObject({
      allowed: z.boolean(),
      violations: z.array(z.string()).describe('What would be answered to whoever writes it.'),
      error: z.string().nullable().describe('Why the rule could not be evaluated; then nothing is allowed.'),
    }),
  ),
  live: z
    .strictObject({
      asOf: z.iso.datetime().describe('When the look began.'),
      objects: z.int().describe('How many were judged.'),
      violations: z.array(
        z.strictObject({
          tenantId: z.string(),
          object: z.string().describe('`apiVersion/Kind/namespace/name`'),
          message: z.string(),
        }),
      ),
      truncated: z.boolean().describe('Whether there are more than the thousand that are named.'),
      notLookedAt: z.array(z.string()).describe('What the policy names and no worker may read, as `plural.group`.'),
    })
    .nullable()
    .describe('Null when objects were given.'),
});
export type TestPolicyResponse = z.output<typeof testPolicyResponse>;

export const policyResponse = z.strictObject({
  id: z.string(),
  description: z.string(),
  version: z.int().describe('The version whose content this is.'),
  latestVersion: z.int(),
  observedVersion: z.int().describe('The version that the cluster has; 0: none yet.'),
  state: z
    .enum(policyStates)
    .describe('`pending`: a worker has to bring the newest version into force; `failed`: `message` says why not.'),
  message: z.string().nullable(),
  conditions: z.array(policyConditionSchema).describe('One, `Enforced`, which says the same as `state` and `message`.'),
  inForceAt: z.iso.datetime().nullable().describe('Since when the observed version is in force.'),
  ...policySpecSchema.shape,
  createdBy: z.string().describe('Who made this version.'),
  createdAt: z.iso.datetime().describe('When this version was made.'),
});
export type PolicyResponse = z.output<typeof policyResponse>;

export const listPoliciesQuery = z.strictObject(pageQuery);
export const getPolicyQuery = z.strictObject({
  wait: z.coerce
    .number()
    .int()
    .min(0)
    .max(60)
    .default(0)
    .describe('Seconds to wait until the newest version is in force, or has failed.'),
});

export const violationsResponse = z.strictObject({
  items: z.array(
    z.strictObject({
      policy: z.string().describe('Its id.'),
      object: z.string().describe('`apiVersion/Kind/namespace/name`'),
      message: z.string(),
      foundAt: z.iso.datetime().describe('When the audit was read that found it.'),
    }),
  ),
});
export type ViolationsResponse = z.output<typeof violationsResponse>;

/** How violations are answered. */
export function toViolationsResponse(violations: readonly PolicyViolation[]): ViolationsResponse {
  return {
    items: violations.map(({ policyId, object, message, foundAt }) => ({
      ...{ policy: policyId, object, message, foundAt: foundAt.toISOString() },
    })),
  };
}

export const libraryResponse = z.strictObject({
  items: z.array(
    z.strictObject({
      name: z.string(),
      description: z.string(),
      parameters: z.record(z.string(), z.strictObject({ type: z.enum(['list', 'number']), description: z.string() })),
    }),
  ),
});

/** How a policy is answered. */
export function toPolicyResponse({ policy, version }: PolicyAtVersion): PolicyResponse {
  const { id, description: text, observedVersion, state, message } = policy;
  return {
    ...{
      id,
      description: text,
      version: version.version,
      latestVersion: policy.version,
      observedVersion,
      state,
      message,
    },
    conditions: [conditionOf(policy)],
    inForceAt: policy.inForceAt?.toISOString() ?? null,
    ...version.spec,
    createdBy: version.createdBy,
    createdAt: version.createdAt.toISOString(),
  };
}

/** The answer to a change of a policy, which a worker has to carry out. */
export function acceptedPolicy(accepted: PolicyAtVersion): Answer<PolicyResponse> {
  return new Answer(toPolicyResponse(accepted), { location: `/v1/policies/${accepted.policy.id}` });
}
