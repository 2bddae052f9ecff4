import {
  type Operation,
  type OperationError,
  operationKinds,
  operationStates,
  type OperationStep,
  remedyFor,
  stepNames,
  stepStates,
} from '#tenancy';
import { z } from 'zod';

import { Answer } from '../http/answer.js';
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

const cause = z
  .strictObject({
    code: z.string().describe("The same word as on the tenant's condition and in the worker's log."),
    reason: z.string().nullable().describe("The API server's own word, e.g. `Forbidden`, `Invalid`, `Conflict`."),
    httpStatus: z.int().nullable().describe('What the API server answered with; null when it gave no answer.'),
  })
  .nullable();
const remedy = z.string().nullable().describe('What an operator can do.');

export const operationResponse = z.strictObject({
  id: z.string(),
  tenantId: z.string(),
  kind: z.enum(operationKinds),
  state: z.enum(operationStates),
  generation: z.int().describe("The tenant's generation that the operation makes true."),
  steps: z.array(
    z.strictObject({
      name: z.enum(stepNames),
      object: z.string().describe('`apiVersion/Kind/[namespace/]name`'),
      state: z.enum(stepStates),
      attempts: z.int(),
      startedAt: z.iso.datetime().nullable().describe('Of the last attempt; of a `wait`, its beginning.'),
      durationMs: z.number().describe('Of the last attempt; of a `wait`, since its beginning.'),
      error: z.string().nullable().describe("The API server's own words."),
      ...{ cause, remedy },
    }),
  ),
  stepsDropped: z.int().describe('How many of the oldest steps were left out; the newest thousand are kept.'),
  error: z
    .strictObject({ reason: z.string(), message: z.string(), object: z.string().nullable(), cause, remedy })
    .nullable()
    .describe('Why it failed; on a running operation, what it waits for.'),
  retryOf: z.string().nullable().describe('The operation that this one tries again.'),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
});
export type OperationResponse = z.output<typeof operationResponse>;

/** How an operation is answered. */
export function toOperationResponse(operation: Operation): OperationResponse {
  const { id, tenantId, kind, state, generation, error, createdAt, finishedAt } = operation;
  return {
    ...{ id, tenantId, kind, state, generation, steps: operation.steps.map(toStepResponse) },
    ...{ stepsDropped: operation.stepsDropped, error: error && toErrorResponse(error), retryOf: operation.retryOf },
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

/** Steps of older versions know less. The remedy is not stored, so that a better one also reaches old operations. */
function toStepResponse(step: OperationStep): OperationResponse['steps'][number] {
  const { name, object, state, attempts, durationMs, error, startedAt = null, cause: failure = null } = step;
  const advice = failure && remedyFor(failure.code, failure.reason);
  return { name, object, state, attempts, startedAt, durationMs, error, cause: failure, remedy: advice };
}

function toErrorResponse(error: OperationError): NonNullable<OperationResponse['error']> {
  const { reason, message, object, cause: failure = null } = error;
  return { reason, message, object, cause: failure, remedy: remedyFor(reason, failure?.reason ?? null) };
}

/** The answer to a retry: the new operation, and where it can be followed. */
export function begunOperation(operation: Operation): Answer<OperationResponse> {
  return new Answer(toOperationResponse(operation), { location: `/v1/operations/${operation.id}`, 'retry-after': '1' });
}
