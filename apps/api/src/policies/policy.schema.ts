import { exactlyOne, planVersionSchema, readableLines, word } from '#plans';
import { type PolicyAtVersion, policyIdSchema, policySpecSchema, policyStates, type PolicyViolation } from '#policies';
import { z } from 'zod';

import { Answer } from '../http/answer.js';
import { pageQuery } from '../http/paging.js';
import { conditionOf, policyConditionSchema } from './policy-condition.js';

const description = readableLines(2_000).default('').describe('Explanation for humans.');
const example = {
  description: 'CVE-2026-12345',
  target: { all: true as const },
  mode: 'enforce' as const,
  rule: { library: { name: 'block-images' } },
  parameters: { images: ['registry.example/app:1.2.3'] },
};

export const createPolicyRequest = z
  .strictObject({ id: policyIdSchema.describe('Immutable.'), description, ...policySpecSchema.shape })
  .meta({ examples: [{ id: 'block-cve', ...example }] });
export const changePolicyRequest = z
  .strictObject({ description, ...policySpecSchema.shape })
  .meta({ description: 'The complete new content, not a patch.', examples: [example] });
export const rollBackPolicyRequest = z.strictObject({
  version: planVersionSchema.describe('The version whose content to restore.'),
});

const kubernetesObject = z
  .looseObject({ apiVersion: word(316), kind: word(63), metadata: z.looseObject({}) })
  .meta({ id: 'KubernetesObject', description: 'A complete object, as it would be stored.' });

export const testPolicyRequest = z
  .strictObject({
    version: planVersionSchema.optional().describe('By default the latest.'),
    live: z
      .strictObject({
        tenants: z
          .array(word(100))
          .min(1)
          .max(500)
          .optional()
          .describe(
            'Only these tenants, by id, even if the policy does not target them. By default all tenants that it ' +
              'targets.',
          ),
      })
      .optional()
      .describe('Evaluate the objects in the cluster as if they were created now.'),
    reviews: z
      .array(
        z.strictObject({
          operation: z.enum(['CREATE', 'UPDATE']).default('CREATE'),
          resource: word(253).min(1).describe('Plural resource name, such as `pods` or `deployments/scale`.'),
          object: kubernetesObject,
          oldObject: kubernetesObject.nullable().default(null).describe('The previous object, for `UPDATE`.'),
          namespaceObject: kubernetesObject
            .nullable()
            .default(null)
            .describe('The namespace object, if the rule uses it.'),
        }),
      )
      .min(1)
      .max(100)
      .optional()
      .describe('Evaluate these writes.'),
  })
  .refine(
    ({ live, reviews }) => (live === undefined) !== (reviews === undefined),
    'Exactly one of "live" and "reviews" is required.',
  )
  .meta(exactlyOne({ live: 'Objects in the cluster', reviews: 'Given writes' }));

export const testPolicyResponse = z
  .strictObject({
    version: z.int(),
    results: z.array(
      z.strictObject({
        allowed: z.boolean(),
        matched: z.boolean().describe('Whether the policy is about such a write. If not, it is allowed.'),
        unmatchedReason: z.string().nullable().describe('Why the policy is not about this write; null if it is.'),
        violations: z.array(z.string()).describe('Messages that the author of the write would get.'),
        error: z.string().nullable().describe('Why the rule could not be evaluated; the write is then denied.'),
      }),
    ),
    live: z
      .strictObject({
        asOf: z.iso.datetime().describe('When the evaluation began.'),
        objects: z.int().describe('Number of objects evaluated.'),
        violations: z.array(
          z.strictObject({
            tenantId: z.string(),
            object: z.string().describe('`apiVersion/Kind/namespace/name`'),
            message: z.string(),
          }),
        ),
        truncated: z.boolean().describe('Whether there are more violations than the thousand listed.'),
        notLookedAt: z
          .array(z.string())
          .describe('Resources that the policy matches but workers lack permission to read, as `plural.group`.'),
      })
      .nullable()
      .describe('Null for a test with `reviews`.'),
  })
  .meta({ id: 'PolicyTest' });
export type TestPolicyResponse = z.output<typeof testPolicyResponse>;

export const policyResponse = z
  .strictObject({
    id: z.string(),
    description: z.string(),
    version: z.int().describe('Version of this content.'),
    latestVersion: z.int(),
    observedVersion: z.int().describe('The version in the cluster; 0 if none is yet.'),
    state: z
      .enum(policyStates)
      .describe(
        '`pending`: a worker still has to apply the latest version. `failed`: it cannot be applied; see `message`. ' +
          '`in-force` with a `message`: it is applied, but matches nothing in a cluster, or a cluster was left out.',
      ),
    message: z.string().nullable(),
    warnings: z
      .array(z.string())
      .describe('In the response to a change: what its author should know about it. Otherwise empty.'),
    conditions: z
      .array(policyConditionSchema)
      .describe('One condition, `Enforced`, equivalent to `state` and `message`.'),
    inForceAt: z.iso.datetime().nullable().describe('When the observed version came into force.'),
    ...policySpecSchema.shape,
    createdBy: z.string().describe('Who created this version.'),
    createdAt: z.iso.datetime().describe('When this version was created.'),
  })
  .meta({ id: 'Policy' });
export type PolicyResponse = z.output<typeof policyResponse>;

export const listPoliciesQuery = z.strictObject(pageQuery);
export const getPolicyQuery = z.strictObject({
  wait: z.coerce
    .number()
    .int()
    .min(0)
    .max(60)
    .default(0)
    .describe('Seconds to wait until the latest version is in force or has failed.'),
});

export const violationsResponse = z
  .strictObject({
    items: z.array(
      z.strictObject({
        policy: z.string().describe('Id of the policy.'),
        object: z.string().describe('`apiVersion/Kind/namespace/name`'),
        message: z.string(),
        foundAt: z.iso.datetime().describe('When the audit result was read.'),
      }),
    ),
  })
  .meta({ id: 'PolicyViolationList' });
export type ViolationsResponse = z.output<typeof violationsResponse>;

/** Maps violations to their response. */
export function toViolationsResponse(violations: readonly PolicyViolation[]): ViolationsResponse {
  return {
    items: violations.map(({ policyId, object, message, foundAt }) => ({
      policy: policyId,
      object,
      message,
      foundAt: foundAt.toISOString(),
    })),
  };
}

export const libraryResponse = z
  .strictObject({
    items: z.array(
      z.strictObject({
        name: z.string(),
        description: z.string(),
        parameters: z.record(z.string(), z.strictObject({ type: z.enum(['list', 'number']), description: z.string() })),
      }),
    ),
  })
  .meta({ id: 'PolicyRuleList' });

/** Maps a policy to its response. */
export function toPolicyResponse({ policy, version, warnings = [] }: PolicyAtVersion): PolicyResponse {
  const { id, description: text, observedVersion, state, message } = policy;
  return {
    id,
    description: text,
    version: version.version,
    latestVersion: policy.version,
    observedVersion,
    state,
    message,
    warnings: [...warnings],
    conditions: [conditionOf(policy)],
    inForceAt: policy.inForceAt?.toISOString() ?? null,
    ...version.spec,
    createdBy: version.createdBy,
    createdAt: version.createdAt.toISOString(),
  };
}

/** Answers a change with the location of the policy; a worker carries the change out. */
export function acceptedPolicy(accepted: PolicyAtVersion): Answer<PolicyResponse> {
  return new Answer(toPolicyResponse(accepted), { location: `/v1/policies/${accepted.policy.id}` });
}
