import { type BlastRadius, type Quarantine, type QuarantineStatus, tenantPhases } from '#tenancy';
import { z } from 'zod';

import { Answer } from '../http/answer.js';
import { pageQuery } from '../http/paging.js';

const selector = z
  .strictObject({
    plan: z.string().max(40).optional().describe('Tenants with this plan.'),
    labels: z
      .record(z.string().max(320), z.string().max(63))
      .optional()
      .describe('Tenants that carry all of these labels.'),
    tenants: z.array(z.string().max(100)).min(1).max(10_000).optional().describe('These tenants, by id.'),
  })
  .refine(
    ({ plan, labels = {}, tenants }) => plan !== undefined || tenants !== undefined || Object.keys(labels).length > 0,
    'At least one of "plan", "labels" and "tenants": everybody is never meant.',
  )
  .describe('Tenants for whom all that is named is so.');

export const previewQuarantineRequest = z
  .strictObject({ selector })
  .meta({ examples: [{ selector: { plan: 'team', labels: { region: 'eu' } } }] });

export const quarantineRequest = z.strictObject({
  selector,
  reason: z.string().trim().min(1).max(500).describe('For people.'),
  match: z
    .string()
    .min(1)
    .max(100)
    .describe('From the preview of this selector: exactly its tenants are hit, or none.'),
});

export const blastRadiusResponse = z.strictObject({
  match: z.string().describe('To be sent with the quarantine.'),
  hit: z.int().describe('Tenants that would be cut off.'),
  skipped: z.int(),
  tenants: z.array(
    z.strictObject({
      id: z.string(),
      slug: z.string(),
      displayName: z.string(),
      plan: z.string(),
      phase: z.enum(tenantPhases),
      namespaces: z.array(z.string()),
      skipped: z.enum(['deleting', 'quarantined']).nullable().describe('Why it would be left as it is.'),
    }),
  ),
});
export type BlastRadiusResponse = z.output<typeof blastRadiusResponse>;

const quarantine = {
  id: z.string(),
  selector: z.strictObject({
    plan: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    tenants: z.array(z.string()).optional(),
  }),
  reason: z.string(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  liftedBy: z.string().nullable(),
  liftedAt: z.iso.datetime().nullable(),
};
export const quarantineListItem = z.strictObject(quarantine);
export type QuarantineListItem = z.output<typeof quarantineListItem>;

const states = ['pending', 'in-force', 'failed', 'lifted'] as const;
export const quarantineResponse = z.strictObject({
  ...quarantine,
  counts: z.strictObject(
    Object.fromEntries(states.map((state) => [state, z.int()])) as Record<(typeof states)[number], z.ZodInt>,
  ),
  tenants: z.array(
    z.strictObject({
      id: z.string(),
      slug: z.string(),
      phase: z.enum(tenantPhases),
      state: z.enum(states).describe('`pending`: a worker has to cut it off, or to let it go.'),
    }),
  ),
});
export type QuarantineResponse = z.output<typeof quarantineResponse>;

export const listQuarantinesQuery = z.strictObject(pageQuery);

/** How a preview is answered. */
export function toBlastRadiusResponse({ match, tenants }: BlastRadius): BlastRadiusResponse {
  const hit = tenants.filter(({ skipped }) => skipped === null).length;
  return { match, hit, skipped: tenants.length - hit, tenants };
}

/** How a quarantine is answered in a list. */
export function toQuarantineListItem(found: Quarantine): QuarantineListItem {
  const { id, selector: wanted, reason, createdBy, createdAt, liftedBy, liftedAt } = found;
  const times = { createdAt: createdAt.toISOString(), liftedAt: liftedAt?.toISOString() ?? null };
  return { id, selector: wanted, reason, createdBy, liftedBy, ...times };
}

/** How a quarantine is answered. */
export function toQuarantineResponse({ quarantine: found, tenants }: QuarantineStatus): QuarantineResponse {
  const counts = { pending: 0, 'in-force': 0, failed: 0, lifted: 0 };
  for (const { state } of tenants) counts[state] += 1;
  return { ...toQuarantineListItem(found), counts, tenants };
}

/** The answer to a change of a quarantine, which workers have to carry out. */
export function acceptedQuarantine(status: QuarantineStatus): Answer<QuarantineResponse> {
  return new Answer(toQuarantineResponse(status), { location: `/v1/quarantine/${status.quarantine.id}` });
}
