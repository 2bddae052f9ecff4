import { type Operation } from '#tenancy';
import { type ModuleRef } from '@nestjs/core';
import { z } from 'zod';

import { Answer } from '../http/answer.js';
import { type EndpointOptions } from '../http/endpoint.decorator.js';
import { operationResponse, toOperationResponse } from './operation.schema.js';

const operationHeaders = ['Location', 'Retry-After', 'Preference-Applied'] as const;

const afterWait = z
  .strictObject({
    operationId: z
      .string()
      .optional()
      .describe('The operation that carries the change out, as in `Location`; absent if the change needs none.'),
    operation: operationResponse
      .optional()
      .describe('The operation after the wait; present if `Prefer: wait` was applied.'),
  })
  .meta({ id: 'AfterWait' });

/** How an endpoint whose changes are operations describes its response beyond the schema. */
interface AcceptedOptions<Body> {
  description?: string;
  headers?: EndpointOptions['ok']['headers'];
  /** Reads the resource again after a wait, where it shows what the operation did. */
  read?: (services: ModuleRef, accepted: Body, operation: Operation) => Promise<Answer<Body>>;
}

/** Declares the response of an endpoint that accepts a change of a resource and names its operation in `Location`. */
export function acceptedOperation<Schema extends z.ZodObject>(
  schema: Schema,
  options: AcceptedOptions<z.output<Schema>> = {},
): EndpointOptions['ok'] {
  return {
    status: 202,
    schema: z.intersection(schema, afterWait).meta({ id: `Accepted${z.globalRegistry.get(schema)?.id ?? ''}` }),
    description:
      options.description ??
      'The change is accepted. Poll `Location` until the cluster matches it, or send `Prefer: wait=30`.',
    headers: [...operationHeaders, ...(options.headers ?? [])],
    afterWait: async (accepted, ended, services) => {
      const body = accepted.body as z.output<Schema>;
      const current = (await options.read?.(services, body, ended)) ?? new Answer(body);
      const headers = { ...accepted.headers, ...current.headers };
      return new Answer({ ...current.body, operationId: ended.id, operation: toOperationResponse(ended) }, headers);
    },
  };
}

/** The same for an endpoint whose response is the operation itself. */
export const begunOperationResponse: EndpointOptions['ok'] = {
  status: 202,
  schema: operationResponse,
  description: 'The new operation.',
  headers: operationHeaders,
  afterWait: (accepted, ended) => Promise.resolve(new Answer(toOperationResponse(ended), accepted.headers)),
};
