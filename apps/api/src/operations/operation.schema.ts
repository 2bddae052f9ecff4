import { type Operation, operationKinds, operationStates } from '#tenancy';
import { z } from 'zod';

import { pageQuery } from '../http/paging.js';

export const getOperationQuery = z.strictObject({
  wait: z.coerce
    .number()
    .min(0)
    .max(60)
    .default(0)
    .describe('Seconds to wait for the operation to end before answering with it as it is.'),
});

export const listOperationsQuery = z.strictObject({
  ...pageQuery,
  tenantId: z.string().optional().describe('Only those of this tenant.'),
  state: z.enum(operationStates).optional(),
});

export const operationResponse = z.strictObject({
  id: z.string(),
  tenantId: z.string(),
  kind: z.enum(operationKinds),
  state: z.enum(operationStates),
  generation: z.int().describe("The tenant's generation that the operation makes true."),
  steps: z.array(
    z.strictObject({
      name: z.enum(['apply', 'prune', 'suspend', 'resume']),
      object: z.string().describe('`apiVersion/Kind/[namespace/]name`'),
      state: z.enum(['succeeded', 'failed']),
      attempts: z.int(),
      durationMs: z.number().describe('Of the last attempt.'),
      error: z.string().nullable(),
    }),
  ),
  error: z
    .strictObject({ reason: z.string(), message: z.string(), object: z.string().nullable() })
    .nullable()
    .describe('Why it failed; on a running operation, what it waits for.'),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
});
export type OperationResponse = z.output<typeof operationResponse>;

/** How an operation is answered. */
export function toOperationResponse(operation: Operation): OperationResponse {
  const { id, tenantId, kind, state, generation, steps, error, createdAt, finishedAt } = operation;
  return {
    ...{ id, tenantId, kind, state, generation, steps, error },
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}
