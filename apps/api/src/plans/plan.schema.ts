import { builtInPlans, planIdSchema, planSpecSchema, readableLines, readableText } from '#plans';
import { type PlanAtVersion } from '#tenancy';
import { z } from 'zod';

import { Answer } from '../http/answer.js';
import { pageQuery } from '../http/paging.js';

const example = {
  id: 'starter',
  displayName: 'Starter',
  description: 'One small environment.',
  spec: builtInPlans.find(({ id }) => id === 'free')?.spec,
};

export const createPlanRequest = z
  .strictObject({
    id: planIdSchema.describe('Tenants refer to the plan by this id. Immutable.'),
    displayName: readableText(200),
    description: readableLines(2_000).default(''),
    spec: planSpecSchema,
  })
  .meta({ examples: [example] });

/** JSON Merge Patch (RFC 7396): absent fields stay unchanged. */
export const updatePlanRequest = z
  .strictObject({
    displayName: readableText(200).optional(),
    description: readableLines(2_000).optional(),
    retired: z
      .boolean()
      .optional()
      .describe(
        '`true`: no further tenant can get the plan, and tenants that have it keep it. `false`: offered again.',
      ),
  })
  .meta({ examples: [{ displayName: 'Starter (2026)', retired: true }] });

export const createPlanVersionRequest = z
  .strictObject({ spec: planSpecSchema.describe('The complete new content, not a patch.') })
  .meta({ examples: [{ spec: { ...example.spec, environments: { default: ['main'], max: 2 } } }] });

export const planResponse = z
  .strictObject({
    id: z.string(),
    displayName: z.string(),
    description: z.string(),
    version: z.int().describe('Version of `spec`.'),
    latestVersion: z.int(),
    spec: planSpecSchema,
    retiredAt: z.iso.datetime().nullable().describe('Since when no further tenant can get the plan; null: all can.'),
    createdAt: z.iso.datetime().describe('When this version was created.'),
  })
  .meta({ id: 'Plan' });
export type PlanResponse = z.output<typeof planResponse>;

export const listPlansQuery = z.strictObject(pageQuery);

/** Maps a plan to its response. */
export function toPlanResponse({ plan, version }: PlanAtVersion): PlanResponse {
  return {
    id: plan.id,
    displayName: plan.displayName,
    description: plan.description,
    version: version.version,
    latestVersion: plan.latestVersion,
    spec: version.spec,
    retiredAt: plan.retiredAt?.toISOString() ?? null,
    createdAt: version.createdAt.toISOString(),
  };
}

/** Answers the creation of a plan or version with its location. */
export function createdPlan(created: PlanAtVersion): Answer<PlanResponse> {
  const { planId, version } = created.version;
  return new Answer(toPlanResponse(created), { location: `/v1/plans/${planId}/versions/${version}` });
}
