import { type BlastRadius, type Quarantine, type QuarantineStatus, tenantPhases } from '#tenancy';
import { z } from 'zod';

import { Answer } from '../http/answer.js';
import { pageQuery } from '../http/paging.js';

/** After distribution/reference, or a digest alone, or the beginning of a name. */
const imageSelector = z
  .string()
  .max(500)
  .regex(
    /^(sha256:[0-9a-f]{64}|(?!sha256:)[A-Za-z0-9][\w.:-]*(\/[a-z0-9][\w.-]*)*(\/|(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?))$/,
    'An image reference, a digest ("sha256:" and 64 digits), or the beginning of a name that ends in "/".',
  );

const selector = z
  .strictObject({
    plan: z.string().max(40).optional().describe('Tenants with this plan.'),
    labels: z
      .record(z.string().max(320), z.string().max(63))
      .optional()
      .describe('Tenants that carry all of these labels.'),
    tenants: z.array(z.string().max(100)).min(1).max(10_000).optional().describe('These tenants, by id.'),
    images: z
      .array(imageSelector)
      .min(1)
      .max(100)
      .optional()
      .describe(
        'Tenants that run one of these when the preview looks, or have a workload that would: a reference ' +
          '(`ghcr.io/acme/app:1.2`, with a digest whatever the tag), a digest alone (`sha256:…`), or all images whose ' +
          'name begins so (`ghcr.io/acme/`).',
      ),
  })
  .refine(
    ({ plan, labels = {}, tenants, images }) =>
      plan !== undefined || tenants !== undefined || images !== undefined || Object.keys(labels).length > 0,
    'At least one of "plan", "labels", "tenants" and "images": everybody is never meant.',
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
    .max(200)
    .describe('From the preview of this selector: exactly its tenants are hit, or none.'),
});

export const blastRadiusResponse = z.strictObject({
  match: z.string().describe('To be sent with the quarantine.'),
  asOf: z.iso
    .datetime()
    .nullable()
    .describe('When the look for images began: who begins to run one later is not hit. Null when none are named.'),
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
      runs: z
        .strictObject({
          images: z.array(z.string()).describe('Those that are meant, the first twenty.'),
          pods: z.int().describe('Pods that have one.'),
          workloads: z
            .array(z.string())
            .describe('`Kind namespace/name` of workloads that have one, the first twenty.'),
        })
        .nullable()
        .describe('Null when no images are named.'),
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
    images: z.array(z.string()).optional(),
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
export function toBlastRadiusResponse({ match, asOf, tenants }: BlastRadius): BlastRadiusResponse {
  const hit = tenants.filter(({ skipped }) => skipped === null).length;
  return { match, asOf, hit, skipped: tenants.length - hit, tenants };
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
