import { word } from '#plans';
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
import { waitSeconds } from '../http/prefer.js';

export const getOperationQuery = z.strictObject({
  wait: waitSeconds.describe('Seconds to wait for the operation to finish. After that, its current state is returned.'),
});

export const listOperationsQuery = z.strictObject({
  ...pageQuery,
  tenantId: word(200).optional().describe('Only operations of this tenant.'),
  state: z.enum(operationStates).optional(),
});

const cause = z
  .strictObject({
    code: z.string().describe("Same code as in the tenant's condition and the worker's log."),
    reason: z
      .string()
      .nullable()
      .describe('Reason reported by the API server, e.g. `Forbidden`, `Invalid`, `Conflict`.'),
    httpStatus: z.int().nullable().describe('Status returned by the API server; null if it did not answer.'),
  })
  .meta({ id: 'FailureCause' })
  .nullable();
const remedy = z.string().nullable().describe('How an operator can fix it.');

export const operationResponse = z
  .strictObject({
    id: z.string(),
    tenantId: z.string(),
    kind: z.enum(operationKinds),
    state: z.enum(operationStates),
    generation: z.int().describe("The tenant's generation that the operation carries out."),
    steps: z.array(
      z.strictObject({
        name: z.enum(stepNames),
        object: z.string().describe('`apiVersion/Kind/[namespace/]name`'),
        state: z.enum(stepStates),
        attempts: z.int(),
        startedAt: z.iso.datetime().nullable().describe('Start of the last attempt; for a `wait`, of the whole wait.'),
        durationMs: z.number().describe('Duration of the last attempt; for a `wait`, of the whole wait.'),
        error: z.string().nullable().describe('Error message of the API server.'),
        cause,
        remedy,
      }),
    ),
    stepsDropped: z.int().describe('Number of oldest steps that were dropped; the latest thousand are kept.'),
    error: z
      .strictObject({ reason: z.string(), message: z.string(), object: z.string().nullable(), cause, remedy })
      .nullable()
      .describe('Why the operation failed; for a running operation, what it is waiting for.'),
    retryOf: z.string().nullable().describe('The operation that this one retries.'),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Operation' });
export type OperationResponse = z.output<typeof operationResponse>;

/** Maps an operation to its response. */
export function toOperationResponse(operation: Operation): OperationResponse {
  const { id, tenantId, kind, state, generation, error, createdAt, finishedAt } = operation;
  return {
    id,
    tenantId,
    kind,
    state,
    generation,
    steps: operation.steps.map(toStepResponse),
    stepsDropped: operation.stepsDropped,
    error: error && toErrorResponse(error),
    retryOf: operation.retryOf,
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

/**
 * Steps written by older versions have fewer fields. Remedies are not stored, so improved ones also apply to old
 * operations.
 */
function toStepResponse(step: OperationStep): OperationResponse['steps'][number] {
  const { name, object, state, attempts, durationMs, error, startedAt = null, cause: failure = null } = step;
  const advice = failure && remedyFor(failure.code, failure.reason);
  return { name, object, state, attempts, startedAt, durationMs, error, cause: failure, remedy: advice };
}

function toErrorResponse(error: OperationError): NonNullable<OperationResponse['error']> {
  const { reason, message, object, cause: failure = null } = error;
  return { reason, message, object, cause: failure, remedy: remedyFor(reason, failure?.reason ?? null) };
}

/** Answers a retry with the new operation and its location. */
export function begunOperation(operation: Operation): Answer<OperationResponse> {
  return new Answer(toOperationResponse(operation), { location: `/v1/operations/${operation.id}`, 'retry-after': '1' });
}
