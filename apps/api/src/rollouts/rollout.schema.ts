import { type Rollout, rolloutDirections, rolloutStates, type RolloutTenant, rolloutTenantStates } from '#rollouts';
import { z } from 'zod';

import { Answer } from '../http/answer.js';
import { pageQuery } from '../http/paging.js';

const version = z.int().min(1).max(999_999_999);
const distinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

const canary = z
  .strictObject({
    tenants: z.int().min(0).max(1_000).default(1).describe('How many tenants it has; 0 for none.'),
    tenantIds: z
      .array(z.string())
      .max(200)
      .refine(distinct, 'The ids must differ.')
      .default([])
      .describe('These tenants are in it, even if they are more than `tenants`.'),
  })
  .prefault({})
  .describe('The tenants that are moved before all others. Those not named are the newest.');

export const createRolloutRequest = z
  .strictObject({
    toVersion: version.optional().describe("Left out: the plan's newest."),
    from: z
      .array(version)
      .min(1)
      .max(200)
      .refine(distinct, 'The versions must differ.')
      .optional()
      .describe('Only tenants on these versions take part. Left out: on every other.'),
    canary,
    batchSize: z
      .int()
      .min(1)
      .max(100_000)
      .nullable()
      .default(null)
      .describe('Tenants in each wave after the canary; a wave starts when the one before is done. Null: one wave.'),
    maxConcurrent: z.int().min(1).max(200).default(10).describe('Most tenants in flight at the same time.'),
    maxFailures: z.int().min(0).max(100_000).default(0).describe('Tenants that may fail. One more pauses the rollout.'),
    pauseAfterCanary: z.boolean().default(false).describe('Wait for somebody to resume when the canary is done.'),
  })
  .refine(
    ({ pauseAfterCanary, canary: { tenants, tenantIds } }) => !pauseAfterCanary || tenants + tenantIds.length > 0,
    { path: ['pauseAfterCanary'], message: 'There is no canary to pause after.' },
  )
  .prefault({})
  .meta({ examples: [{ toVersion: 2, canary: { tenants: 2 }, maxConcurrent: 20, pauseAfterCanary: true }] });

export const resumeRolloutRequest = z
  .strictObject({
    retryFailed: z.boolean().default(false).describe('Give the tenants that failed another try.'),
  })
  .prefault({});

export const listRolloutsQuery = z.strictObject(pageQuery);
export const listRolloutTenantsQuery = z.strictObject({
  ...pageQuery,
  state: z.enum(rolloutTenantStates).optional(),
});

const error = z.strictObject({ reason: z.string(), message: z.string() }).nullable();

export const rolloutResponse = z.strictObject({
  id: z.string(),
  planId: z.string(),
  toVersion: z.int(),
  from: z.array(z.int()).nullable().describe('Null: every other version.'),
  state: z.enum(rolloutStates),
  direction: z.enum(rolloutDirections).describe('`back` once it was asked to roll back.'),
  reason: z
    .strictObject({ code: z.enum(['Requested', 'CanaryDone', 'TooManyFailures']), message: z.string() })
    .nullable()
    .describe('Why it is paused.'),
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
    .describe('How many tenants are in each state.'),
  requestedBy: z.string(),
  rolledBackBy: z.string().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
});
export type RolloutResponse = z.output<typeof rolloutResponse>;

export const rolloutTenantResponse = z.strictObject({
  tenantId: z.string(),
  state: z.enum(rolloutTenantStates),
  direction: z.enum(rolloutDirections),
  canary: z.boolean(),
  previousVersion: z.int().describe('The version that it had before, and returns to.'),
  operationId: z.string().nullable().describe('The change that moves it, or moved it last; null: it was never moved.'),
  error: error.describe('Why it failed or was skipped.'),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
});
export type RolloutTenantResponse = z.output<typeof rolloutTenantResponse>;

/** How a rollout is answered. */
export function toRolloutResponse(rollout: Rollout): RolloutResponse {
  const { id, planId, toVersion, fromVersions, state, direction, reason, canary: first, counts } = rollout;
  const { batchSize, maxConcurrent, maxFailures, pauseAfterCanary, requestedBy, rolledBackBy } = rollout;
  const { rolled_back: rolledBack, ...others } = counts;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return {
    ...{ id, planId, toVersion, from: fromVersions, state, direction, reason, canary: first },
    ...{ batchSize, maxConcurrent, maxFailures, pauseAfterCanary },
    tenants: { total, ...others, rolledBack },
    ...{ requestedBy, rolledBackBy },
    createdAt: rollout.createdAt.toISOString(),
    updatedAt: rollout.updatedAt.toISOString(),
    finishedAt: rollout.finishedAt?.toISOString() ?? null,
  };
}

/** The answer to a rollout that was asked for or changed. */
export function acceptedRollout(rollout: Rollout): Answer<RolloutResponse> {
  return new Answer(toRolloutResponse(rollout), { location: `/v1/rollouts/${rollout.id}` });
}

/** How a tenant of a rollout is answered. */
export function toRolloutTenantResponse(tenant: RolloutTenant): RolloutTenantResponse {
  const { tenantId, state, direction, canary: first, previousVersion, operationId } = tenant;
  return {
    ...{ tenantId, state, direction, canary: first, previousVersion, operationId },
    error: tenant.error,
    startedAt: tenant.startedAt?.toISOString() ?? null,
    finishedAt: tenant.finishedAt?.toISOString() ?? null,
  };
}
