import { planVersionSchema, word } from '#plans';
import { type Rollout, rolloutDirections, rolloutStates, type RolloutTenant, rolloutTenantStates } from '#rollouts';
import { z } from 'zod';

import { Answer } from '../http/answer.js';
import { pageQuery } from '../http/paging.js';

const distinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

const canary = z
  .strictObject({
    tenants: z.int().min(0).max(1_000).default(1).describe('Number of canary tenants; 0 for no canary.'),
    tenantIds: z
      .array(word(100))
      .max(200)
      .refine(distinct, 'The ids must be unique.')
      .default([])
      .describe('Tenants that are always in the canary, even if there are more than `tenants`.'),
  })
  .prefault({})
  .describe('The tenants that are moved first. The newest tenants fill up the number.');

export const createRolloutRequest = z
  .strictObject({
    toVersion: planVersionSchema.optional().describe('Target version; by default the latest of the plan.'),
    from: z
      .array(planVersionSchema)
      .min(1)
      .max(200)
      .refine(distinct, 'The versions must be unique.')
      .optional()
      .describe('Only tenants on these versions take part. By default tenants on any other version.'),
    canary,
    batchSize: z
      .int()
      .min(1)
      .max(100_000)
      .nullable()
      .default(null)
      .describe(
        'Tenants per batch after the canary; a batch starts when the previous one is done. Null for a single batch.',
      ),
    maxConcurrent: z.int().min(1).max(200).default(10).describe('Maximum number of tenants in flight.'),
    maxFailures: z
      .int()
      .min(0)
      .max(100_000)
      .default(0)
      .describe('Number of failed tenants to tolerate; one more pauses the rollout.'),
    pauseAfterCanary: z
      .boolean()
      .default(false)
      .describe('Pause when the canary is done, until the rollout is resumed.'),
  })
  .refine(
    ({ pauseAfterCanary, canary: { tenants, tenantIds } }) => !pauseAfterCanary || tenants + tenantIds.length > 0,
    { path: ['pauseAfterCanary'], message: 'There is no canary to pause after.' },
  )
  .prefault({})
  .meta({ examples: [{ toVersion: 2, canary: { tenants: 2 }, maxConcurrent: 20, pauseAfterCanary: true }] });

export const resumeRolloutRequest = z
  .strictObject({
    retryFailed: z.boolean().default(false).describe('Retry the tenants that failed.'),
  })
  .prefault({});

export const listRolloutsQuery = z.strictObject(pageQuery);
export const listRolloutTenantsQuery = z.strictObject({
  ...pageQuery,
  state: z.enum(rolloutTenantStates).optional(),
});

const error = z.strictObject({ reason: z.string(), message: z.string() }).nullable();

export const rolloutResponse = z
  .strictObject({
    id: z.string(),
    planId: z.string(),
    toVersion: z.int(),
    from: z.array(z.int()).nullable().describe('Null for every other version.'),
    state: z.enum(rolloutStates),
    direction: z.enum(rolloutDirections).describe('`back` after a rollback was requested.'),
    reason: z
      .strictObject({ code: z.enum(['Requested', 'CanaryDone', 'TooManyFailures']), message: z.string() })
      .nullable()
      .describe('Why the rollout is paused.'),
    canary: z.strictObject({ tenants: z.int(), tenantIds: z.array(z.string()) }),
    batchSize: z.int().nullable(),
    maxConcurrent: z.int(),
    maxFailures: z.int(),
    pauseAfterCanary: z.boolean(),
    tenants: z
      .strictObject({
        total: z.int(),
        pending: z.int(),
        updating: z.int(),
        succeeded: z.int(),
        failed: z.int(),
        skipped: z.int(),
        rolledBack: z.int(),
      })
      .describe('Number of tenants per state.'),
    requestedBy: z.string(),
    rolledBackBy: z.string().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Rollout' });
export type RolloutResponse = z.output<typeof rolloutResponse>;

export const rolloutTenantResponse = z
  .strictObject({
    tenantId: z.string(),
    state: z.enum(rolloutTenantStates),
    direction: z.enum(rolloutDirections),
    canary: z.boolean(),
    previousVersion: z.int().describe('The version before the rollout, to which a rollback returns.'),
    operationId: z.string().nullable().describe('The latest operation that moves the tenant; null if there was none.'),
    error: error.describe('Why the tenant failed or was skipped.'),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'RolloutTenant' });
export type RolloutTenantResponse = z.output<typeof rolloutTenantResponse>;

/** Maps a rollout to its response. */
export function toRolloutResponse(rollout: Rollout): RolloutResponse {
  const { id, planId, toVersion, fromVersions, state, direction, reason, canary: first, counts } = rollout;
  const { batchSize, maxConcurrent, maxFailures, pauseAfterCanary, requestedBy, rolledBackBy } = rollout;
  const { rolled_back: rolledBack, ...others } = counts;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return {
    id,
    planId,
    toVersion,
    from: fromVersions,
    state,
    direction,
    reason,
    canary: first,
    batchSize,
    maxConcurrent,
    maxFailures,
    pauseAfterCanary,
    tenants: { total, ...others, rolledBack },
    requestedBy,
    rolledBackBy,
    createdAt: rollout.createdAt.toISOString(),
    updatedAt: rollout.updatedAt.toISOString(),
    finishedAt: rollout.finishedAt?.toISOString() ?? null,
  };
}

/** Answers a change with the location of the rollout. */
export function acceptedRollout(rollout: Rollout): Answer<RolloutResponse> {
  return new Answer(toRolloutResponse(rollout), { location: `/v1/rollouts/${rollout.id}` });
}

/** Maps a tenant of a rollout to its response. */
export function toRolloutTenantResponse(tenant: RolloutTenant): RolloutTenantResponse {
  const { tenantId, state, direction, canary: first, previousVersion, operationId } = tenant;
  return {
    tenantId,
    state,
    direction,
    canary: first,
    previousVersion,
    operationId,
    error: tenant.error,
    startedAt: tenant.startedAt?.toISOString() ?? null,
    finishedAt: tenant.finishedAt?.toISOString() ?? null,
  };
}
