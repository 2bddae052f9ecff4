import { driftPolicies } from '#plans';
import { driftKinds, type DriftReport } from '#tenancy';
import { z } from 'zod';

const manager = z
  .strictObject({
    name: z.string().describe('Field manager, such as `kubectl-edit`.'),
    operation: z.enum(['Apply', 'Update']),
    time: z.iso.datetime().nullable().describe('When the manager last wrote the object.'),
  })
  .meta({ id: 'FieldManager' });

export const driftResponse = z
  .strictObject({
    tenantId: z.string(),
    policy: z
      .enum(driftPolicies)
      .describe('Drift policy of the plan: heal at once, or report and leave until the next change.'),
    driftFree: z.boolean().describe('Whether the last complete check found no drift or healed all of it.'),
    observedAt: z.iso.datetime().nullable().describe('Time of the last complete check; null before the first.'),
    items: z
      .array(
        z.strictObject({
          object: z.string().describe('`apiVersion/Kind/[namespace/]name`'),
          kind: z
            .enum(driftKinds)
            .describe(
              "`missing`: absent. `changed`: differs from the object set. `unexpected`: has the tenant's label but is " +
                'not in its object set.',
            ),
          fields: z
            .array(
              z.strictObject({
                path: z.string().describe('JSON Pointer (RFC 6901) into the object.'),
                wanted: z.unknown().describe('Desired value; null if the field must be absent.'),
                found: z.unknown().describe('Value in the cluster; null if absent.'),
                manager: manager
                  .nullable()
                  .describe('Owner of the field in `metadata.managedFields`; null if unknown.'),
              }),
            )
            .describe(
              'Differing fields, at most 100. For an unexpected object, its content at path ""; for a missing one, ' +
                'empty.',
            ),
          detectedAt: z.iso.datetime(),
          healedAt: z.iso.datetime().nullable().describe('Null while the drift is open.'),
        }),
      )
      .describe('Open drift by object, then the latest 100 healed items.'),
  })
  .meta({ id: 'Drift' });
export type DriftResponse = z.output<typeof driftResponse>;

/** Maps drift to its response. */
export function toDriftResponse({ tenantId, policy, observedAt, items }: DriftReport): DriftResponse {
  return {
    tenantId,
    policy,
    observedAt: observedAt?.toISOString() ?? null,
    driftFree: observedAt !== null && items.every(({ healedAt }) => healedAt !== null),
    items: items.map(({ object, kind, fields, detectedAt, healedAt }) => ({
      object,
      kind,
      fields,
      detectedAt: detectedAt.toISOString(),
      healedAt: healedAt?.toISOString() ?? null,
    })),
  };
}
