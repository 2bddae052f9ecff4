import { type PageRequest } from '#persistence';
import { protocols, ruleDirections } from '#isolation';
import { planSpecSchema, word } from '#plans';
import { type Answered } from '#questions';
import { type PlanPreview, type PlanPreviewRequest, type TenantPreview } from '#tenancy';
import { z } from 'zod';

import { Answer } from '../http/answer.js';
import { pageQuery } from '../http/paging.js';
import { idSchema } from '../http/resource-id.js';

const wait = z.coerce
  .number()
  .min(1)
  .max(30)
  .default(30)
  .describe('Seconds to wait for a worker before the request fails with `preview.timeout`.');

export const tenantPreviewQuery = z.strictObject({ wait });

export const planPreviewQuery = z.strictObject({
  wait,
  limit: z.coerce.number().int().min(1).max(25).default(10).describe('Maximum number of tenants.'),
  cursor: pageQuery.cursor,
});

export const planPreviewRequest = z
  .strictObject({
    spec: planSpecSchema.describe('The complete content of the version to preview.'),
    tenantIds: z
      .array(word(100))
      .min(1)
      .max(25)
      .optional()
      .describe('Only these tenants. By default all tenants of the plan, page by page.'),
  })
  .meta({ description: 'The body that would be sent to `POST /v1/plans/{id}/versions`.' });

/** The ports of a network rule. */
export const rulePorts = z
  .array(z.strictObject({ protocol: z.enum(protocols), port: z.int().optional(), endPort: z.int().optional() }))
  .meta({ id: 'NetworkRulePorts', description: 'Empty: all traffic.' });

const totals = z.strictObject({ create: z.int(), update: z.int(), delete: z.int() }).meta({ id: 'PreviewTotals' });

export const tenantPreview = z
  .strictObject({
    tenantId: z.string(),
    slug: z.string(),
    generation: z.int().describe("The tenant's generation on which the preview is based."),
    plan: z.strictObject({ id: z.string(), version: z.int() }).describe('The plan that the tenant would pin.'),
    changes: z
      .array(
        z.strictObject({
          object: z.string().describe('`apiVersion/Kind/[namespace/]name`'),
          action: z.enum(['create', 'update', 'delete']),
          fields: z.array(
            z.strictObject({
              path: z.string().describe('JSON Pointer (RFC 6901) into the object.'),
              before: z.unknown().describe('Current value; null if absent.'),
              after: z.unknown().describe('Value after the change; null if absent.'),
            }),
          ),
          tried: z
            .boolean()
            .describe('Whether the API server ran the write (`dryRun=All`), so that `fields` is its result.'),
          note: z.string().nullable().describe('Why there was no dry run; otherwise null.'),
          refused: z
            .string()
            .nullable()
            .describe('Error with which the API server would refuse the object; otherwise null.'),
        }),
      )
      .describe('Writes the change would cause, including healed drift. At most 500 objects.'),
    truncated: z.boolean().describe('Whether changes or connections were left out; `totals` counts all changes.'),
    totals,
    connections: z
      .array(
        z.strictObject({
          change: z.enum(['opens', 'closes']),
          direction: z.enum(ruleDirections),
          environments: z.array(z.string()),
          podLabels: z.record(z.string(), z.string()).describe('Of the pods, among those that rules select.'),
          ranges: z.array(
            z.strictObject({
              cidr: z.string(),
              except: z.array(z.string()),
              ports: rulePorts,
            }),
          ),
        }),
      )
      .describe('By address. At most 100, with at most 100 ranges each.'),
    networkRules: z
      .array(z.strictObject({ id: z.string(), inForce: z.boolean(), detail: z.string() }))
      .describe('Rules that fall out of force, or come into force again.'),
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
        unknown: z.array(z.string()).describe('Environments whose usage the cluster has not counted yet.'),
      })
      .describe('Whether the current usage fits into the new quotas.'),
    problems: z
      .array(z.strictObject({ code: z.string(), detail: z.string() }))
      .describe('Reasons why the change would fail.'),
  })
  .meta({ id: 'PreviewedTenant' });

export const tenantPreviewResponse = z
  .intersection(
    z.strictObject({
      id: idSchema('preview'),
      token: z
        .string()
        .describe(
          'Token for `If-Preview-Match`. Valid for a day, as long as the tenant, the plan and the body stay the same.',
        ),
    }),
    tenantPreview,
  )
  .meta({ id: 'TenantPreview' });
export type TenantPreviewResponse = z.output<typeof tenantPreviewResponse>;

export const planPreviewResponse = z
  .strictObject({
    id: z.string(),
    planId: z.string(),
    version: z.int().describe('Number of the new version.'),
    items: z.array(tenantPreview),
    totals: z.strictObject({
      tenants: z.int().describe('Tenants of the plan, or in `tenantIds`, on all pages.'),
      ...totals.shape,
      doNotFit: z.int().describe('Tenants on this page whose usage exceeds the new quotas.'),
      withProblems: z.int().describe('Tenants on this page that cannot be moved.'),
    }),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'PlanPreview' });
export type PlanPreviewResponse = z.output<typeof planPreviewResponse>;

/** Maps the request to the question for the worker. */
export function toPlanPreviewRequest(
  { spec, tenantIds }: z.output<typeof planPreviewRequest>,
  { limit, after }: PageRequest,
): PlanPreviewRequest {
  return { spec, limit, after, tenantIds: tenantIds ?? null };
}

/** Maps the preview of a tenant to its response. */
export function previewedTenant(answered: Answered<TenantPreview>): Answer<TenantPreviewResponse> {
  const { id, result } = answered;
  const token = answered.token ?? '';
  return new Answer({ id, token, ...result }, { 'preview-match': `"${token}"` });
}

/** Maps the preview of a plan to its response. */
export function toPlanPreviewResponse({ id, result }: Answered<PlanPreview>): PlanPreviewResponse {
  const { planId, version, items, tenants, next } = result;
  const sum = (action: 'create' | 'update' | 'delete'): number =>
    items.reduce((total, item) => total + item.totals[action], 0);
  const doNotFit = items.filter(({ quota }) => !quota.fits).length;
  const withProblems = items.filter(({ problems }) => problems.length > 0).length;
  return {
    id,
    planId,
    version,
    items,
    totals: { tenants, create: sum('create'), update: sum('update'), delete: sum('delete'), doNotFit, withProblems },
    nextCursor: next === null ? null : Buffer.from(next, 'utf8').toString('base64url'),
  };
}
