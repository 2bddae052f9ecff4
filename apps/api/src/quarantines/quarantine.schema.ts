import { readableLines, word } from '#plans';
import { IMAGE_SELECTOR } from '#isolation';
import { type BlastRadius, type Quarantine, type QuarantineStatus, tenantPhases } from '#tenancy';
import { z } from 'zod';

import { Answer } from '../http/answer.js';
import { pageQuery } from '../http/paging.js';

/** An image reference as in distribution/reference, a bare digest, or a name prefix. */
const imageSelector = z
  .string()
  .max(500)
  .regex(
    IMAGE_SELECTOR,
    'Must be an image reference, a digest ("sha256:" and 64 hex digits), or a name prefix that ends in "/".',
  );

const selector = z
  .strictObject({
    plan: word(40).optional().describe('Tenants of this plan.'),
    labels: z.record(word(320), word(63)).optional().describe('Tenants with all of these labels.'),
    tenants: z.array(word(100)).min(1).max(10_000).optional().describe('Tenants with these ids.'),
    images: z
      .array(imageSelector)
      .min(1)
      .max(100)
      .optional()
      .describe(
        'Tenants that run one of these images at the time of the preview, or have a workload that would. Each entry ' +
          'is a reference (`ghcr.io/acme/app:1.2`; if it has a digest, the tag is ignored), a digest ' +
          '(`sha256:…`), or a name prefix (`ghcr.io/acme/`).',
      ),
  })
  .refine(
    ({ plan, labels = {}, tenants, images }) =>
      plan !== undefined || tenants !== undefined || images !== undefined || Object.keys(labels).length > 0,
    'At least one of "plan", "labels", "tenants" and "images" is required; a selector cannot match all tenants.',
  )
  .meta({ id: 'QuarantineSelector', description: 'Tenants that match every given criterion.' });

export const previewQuarantineRequest = z
  .strictObject({ selector })
  .meta({ examples: [{ selector: { plan: 'team', labels: { region: 'eu' } } }] });

export const quarantineRequest = z.strictObject({
  selector,
  reason: readableLines(500).min(1).describe('Explanation for humans.'),
  match: word(200)
    .min(1)
    .describe('`match` from the preview of this selector: exactly the previewed tenants are quarantined, or none.'),
});

export const blastRadiusResponse = z
  .strictObject({
    match: z.string().describe('Send this with the quarantine.'),
    asOf: z.iso
      .datetime()
      .nullable()
      .describe(
        'When the search for images began; tenants that start one later are not included. Null without `images`.',
      ),
    hit: z.int().describe('Number of tenants that would be quarantined.'),
    skipped: z.int(),
    tenants: z.array(
      z.strictObject({
        id: z.string(),
        slug: z.string(),
        displayName: z.string(),
        plan: z.string(),
        phase: z.enum(tenantPhases),
        namespaces: z.array(z.string()),
        skipped: z
          .enum(['deleting', 'quarantined'])
          .nullable()
          .describe('Why the tenant would be skipped; otherwise null.'),
        runs: z
          .strictObject({
            images: z.array(z.string()).describe('Matching images, at most 20.'),
            pods: z.int().describe('Number of pods with a matching image.'),
            workloads: z
              .array(z.string())
              .describe('`Kind namespace/name` of workloads with a matching image, at most 20.'),
          })
          .nullable()
          .describe('Null without `images` in the selector.'),
      }),
    ),
  })
  .meta({ id: 'BlastRadius' });
export type BlastRadiusResponse = z.output<typeof blastRadiusResponse>;

const quarantine = {
  id: z.string(),
  selector: z.strictObject({
    plan: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    tenants: z.array(z.string()).optional(),
    images: z.array(z.string()).optional(),
  }),
  reason: z.string(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  liftedBy: z.string().nullable(),
  liftedAt: z.iso.datetime().nullable(),
};
export const quarantineListItem = z.strictObject(quarantine).meta({ id: 'QuarantineSummary' });
export type QuarantineListItem = z.output<typeof quarantineListItem>;

const states = ['pending', 'in-force', 'failed', 'lifted'] as const;
export const quarantineResponse = z
  .intersection(
    quarantineListItem,
    z.strictObject({
      counts: z.strictObject(
        Object.fromEntries(states.map((state) => [state, z.int()])) as Record<(typeof states)[number], z.ZodInt>,
      ),
      tenants: z.array(
        z.strictObject({
          id: z.string(),
          slug: z.string(),
          phase: z.enum(tenantPhases),
          state: z.enum(states).describe('`pending`: a worker still has to apply or lift the quarantine.'),
        }),
      ),
    }),
  )
  .meta({ id: 'Quarantine' });
export type QuarantineResponse = z.output<typeof quarantineResponse>;

export const listQuarantinesQuery = z.strictObject(pageQuery);

/** Maps a preview to its response. */
export function toBlastRadiusResponse({ match, asOf, tenants }: BlastRadius): BlastRadiusResponse {
  const hit = tenants.filter(({ skipped }) => skipped === null).length;
  return { match, asOf, hit, skipped: tenants.length - hit, tenants };
}

/** Maps a quarantine to its list item. */
export function toQuarantineListItem(found: Quarantine): QuarantineListItem {
  const { id, selector: wanted, reason, createdBy, createdAt, liftedBy, liftedAt } = found;
  const times = { createdAt: createdAt.toISOString(), liftedAt: liftedAt?.toISOString() ?? null };
  return { id, selector: wanted, reason, createdBy, liftedBy, ...times };
}

/** Maps a quarantine to its response. */
export function toQuarantineResponse({ quarantine: found, tenants }: QuarantineStatus): QuarantineResponse {
  const counts = { pending: 0, 'in-force': 0, failed: 0, lifted: 0 };
  for (const { state } of tenants) counts[state] += 1;
  return { ...toQuarantineListItem(found), counts, tenants };
}

/** Answers a change with the location of the quarantine; workers carry the change out. */
export function acceptedQuarantine(status: QuarantineStatus): Answer<QuarantineResponse> {
  return new Answer(toQuarantineResponse(status), { location: `/v1/quarantine/${status.quarantine.id}` });
}
