import { driftPolicies } from '#plans';
import { driftKinds, type DriftReport } from '#tenancy';
import { z } from 'zod';

const manager = z.strictObject({
  name: z.string().describe('The field manager, such as `kubectl-edit`.'),
  operation: z.enum(['Apply', 'Update']),
  time: z.iso.datetime().nullable().describe('When it last wrote the object.'),
});

export const driftResponse = z.strictObject({
  tenantId: z.string(),
  policy: z.enum(driftPolicies).describe("The plan's: put right at once, or reported and left until the next change."),
  driftFree: z.boolean().describe('Whether the last look found everything as wanted, or put it right.'),
  observedAt: z.iso.datetime().nullable().describe('When the last complete look was; null before the first.'),
  items: z
    .array(
      z.strictObject({
        object: z.string().describe('`apiVersion/Kind/[namespace/]name`'),
        kind: z
          .enum(driftKinds)
          .describe(
            "`missing`: not there. `changed`: not as rendered. `unexpected`: carries the tenant's label, is not part of its set.",
          ),
        fields: z
          .array(
            z.strictObject({
              path: z.string().describe('JSON Pointer (RFC 6901) into the object.'),
              wanted: z.unknown().describe('Null: nothing belongs here.'),
              found: z.unknown().describe('Null: nothing was there.'),
              manager: manager
                .nullable()
                .describe('Who owns the field in `metadata.managedFields`; null when the cluster does not know.'),
            }),
          )
          .describe(
            'What differs, at most 100 fields. Of an unexpected object its content, at path ""; of a missing one nothing.',
          ),
        detectedAt: z.iso.datetime(),
        healedAt: z.iso.datetime().nullable().describe('Null while it is open.'),
      }),
    )
    .describe('What is open, by object; then the newest 100 that were put right.'),
});
export type DriftResponse = z.output<typeof driftResponse>;

/** How drift is answered. */
export function toDriftResponse({ tenantId, policy, observedAt, items }: DriftReport): DriftResponse {
  return {
    ...{ tenantId, policy, observedAt: observedAt?.toISOString() ?? null },
    driftFree: observedAt !== null && items.every(({ healedAt }) => healedAt !== null),
    items: items.map(({ object, kind, fields, detectedAt, healedAt }) => ({
      ...{ object, kind, fields },
      detectedAt: detectedAt.toISOString(),
      healedAt: healedAt?.toISOString() ?? null,
    })),
  };
}
