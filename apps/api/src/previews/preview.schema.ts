import { type PageRequest } from '#persistence';
import { planSpecSchema } from '#plans';
import { type AnsweredPreview, type PlanPreview, type PlanPreviewRequest, type TenantPreview } from '#tenancy';
import { z } from 'zod';

import { Answer } from '../http/answer.js';

const wait = z.coerce
  .number()
  .min(1)
  .max(30)
  .default(30)
  .describe('Seconds to wait for a worker before `preview.timeout`.');

export const tenantPreviewQuery = z.strictObject({ wait });

export const planPreviewQuery = z.strictObject({
  wait,
  limit: z.coerce.number().int().min(1).max(25).default(10).describe('Most tenants in the answer.'),
  cursor: z.string().max(500).optional().describe('`nextCursor` of the page before.'),
});

export const planPreviewRequest = z
  .strictObject({
    spec: planSpecSchema.describe('The whole content of the version that is thought of.'),
    tenantIds: z
      .array(z.string().max(100))
      .min(1)
      .max(25)
      .optional()
      .describe('Only these tenants. Left out: all that have the plan, page by page.'),
  })
  .meta({ description: 'What `POST /v1/plans/{id}/versions` would be sent.' });

const totals = z.strictObject({ create: z.int(), update: z.int(), delete: z.int() });

export const tenantPreview = z.strictObject({
  tenantId: z.string(),
  slug: z.string(),
  generation: z.int().describe('The generation that the preview starts from.'),
  plan: z.strictObject({ id: z.string(), version: z.int() }).describe('The plan that the tenant would have.'),
  changes: z
    .array(
      z.strictObject({
        object: z.string().describe('`apiVersion/Kind/[namespace/]name`'),
        action: z.enum(['create', 'update', 'delete']),
        fields: z.array(
          z.strictObject({
            path: z.string().describe('JSON Pointer (RFC 6901) into the object.'),
            before: z.unknown().describe('Null: nothing is there now.'),
            after: z.unknown().describe('Null: nothing would be there.'),
          }),
        ),
        tried: z.boolean().describe('Whether the API server tried it (`dryRun=All`) and `fields` are its answer.'),
        note: z.string().nullable().describe('Why it was not tried.'),
        refused: z.string().nullable().describe('What the API server said when it would refuse the object.'),
      }),
    )
    .describe('What would be written, drift that is put right by the way included. At most 500 objects.'),
  truncated: z.boolean().describe('Whether there are more; `totals` count all.'),
  totals,
  quota: z
    .strictObject({
      fits: z.boolean(),
      excess: z.array(
        z.strictObject({
          environment: z.string(),
          resource: z.string(),
          used: z.string(),
          newHard: z.string(),
          detail: z.string(),
        }),
      ),
      unknown: z.array(z.string()).describe('Environments in which the cluster has not counted yet.'),
    })
    .describe("Whether today's use fits into the new quotas."),
  problems: z.array(z.strictObject({ code: z.string(), detail: z.string() })).describe('What would stand in the way.'),
});

export const tenantPreviewResponse = z.strictObject({
  id: z.string(),
  token: z.string().describe('For `If-Preview-Match`. Good for a day, while tenant, plan and body stay the same.'),
  ...tenantPreview.shape,
});
export type TenantPreviewResponse = z.output<typeof tenantPreviewResponse>;

export const planPreviewResponse = z.strictObject({
  id: z.string(),
  planId: z.string(),
  version: z.int().describe('The number that the new version would have.'),
  items: z.array(tenantPreview),
  totals: z.strictObject({
    tenants: z.int().describe('Tenants that have the plan, or of `tenantIds`: on all pages.'),
    ...totals.shape,
    doNotFit: z.int().describe('Tenants of this page that use more than they would be allowed.'),
    withProblems: z.int().describe('Tenants of this page that could not be moved.'),
  }),
  nextCursor: z.string().nullable(),
});
export type PlanPreviewResponse = z.output<typeof planPreviewResponse>;

/** What the worker is asked. */
export function toPlanPreviewRequest(
  { spec, tenantIds }: z.output<typeof planPreviewRequest>,
  { limit, after }: PageRequest,
): PlanPreviewRequest {
  return { spec, limit, after, tenantIds: tenantIds ?? null };
}

/** The answer to a preview of one tenant. */
export function previewedTenant(answered: AnsweredPreview<TenantPreview>): Answer<TenantPreviewResponse> {
  const { id, result } = answered;
  const token = answered.token ?? '';
  return new Answer({ id, token, ...result }, { 'preview-match': `"${token}"` });
}

/** The answer to a preview of a plan. */
export function toPlanPreviewResponse({ id, result }: AnsweredPreview<PlanPreview>): PlanPreviewResponse {
  const { planId, version, items, tenants, next } = result;
  const sum = (action: 'create' | 'update' | 'delete'): number =>
    items.reduce((total, item) => total + item.totals[action], 0);
  const doNotFit = items.filter(({ quota }) => !quota.fits).length;
  const withProblems = items.filter(({ problems }) => problems.length > 0).length;
  return {
    ...{ id, planId, version, items },
    totals: {
      ...{ tenants, create: sum('create'), update: sum('update'), delete: sum('delete') },
      ...{ doNotFit, withProblems },
    },
    nextCursor: next === null ? null : Buffer.from(next, 'utf8').toString('base64url'),
  };
}
