import { type Principal } from '#access';
import { type Transaction, uuidOf } from '#persistence';
import { OperationControl, OperationsService } from '#tenancy';
import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { scopeOf } from '../access/reach.guard.js';
import { type Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import { type PageOf, pageRequest, pageResponse, pageSchema } from '../http/paging.js';
import { begunOperationResponse } from './accepted-operation.js';
import {
  begunOperation,
  getOperationQuery,
  listOperationsQuery,
  operationResponse,
  type OperationResponse,
  toOperationResponse,
} from './operation.schema.js';

const isOperationId = (text: string): boolean => uuidOf('op', text) !== null;

@ApiTags('operations')
@Controller('v1/operations')
export class OperationsController {
  constructor(
    private readonly operations: OperationsService,
    private readonly control: OperationControl,
  ) {}

  @Get()
  @Endpoint({
    id: 'listOperations',
    summary: 'List operations',
    description: 'Newest first, of one tenant or of all.',
    permission: 'operations:read',
    reach: 'filtered',
    ok: { status: 200, schema: pageSchema(operationResponse), description: 'Operations, newest first.' },
    fails: ['request.invalid', 'request.cursor_invalid'],
  })
  async list(
    @CurrentCaller() caller: Principal,
    @Query({ schema: listOperationsQuery }) query: z.output<typeof listOperationsQuery>,
  ): Promise<PageOf<OperationResponse>> {
    const page = pageRequest(query, isOperationId);
    return pageResponse(await this.operations.list(query, page, scopeOf(caller)), toOperationResponse);
  }

  @Get(':id')
  @Endpoint({
    id: 'getOperation',
    summary: 'Get an operation',
    description: 'With `wait`, waits for the operation to finish.',
    permission: 'operations:read',
    reach: 'operation',
    ok: { status: 200, schema: operationResponse, description: 'The operation.' },
    fails: ['request.invalid', 'operation.not_found'],
  })
  async get(
    @Param('id') id: string,
    @Query({ schema: getOperationQuery }) { wait }: z.output<typeof getOperationQuery>,
  ): Promise<OperationResponse> {
    return toOperationResponse(await this.operations.get(id, wait));
  }

  @Post(':id/retry')
  @Endpoint({
    id: 'retryOperation',
    summary: 'Retry an operation',
    description:
      'Creates a new operation of the same kind. Only failed or cancelled operations can be retried, and only if no ' +
      'newer change of the tenant was requested.',
    permission: 'operations:write',
    reach: 'operation',
    ok: begunOperationResponse,
    fails: ['operation.not_found', 'operation.not_retryable', 'idempotency.key_reused'],
    idempotent: true,
  })
  async retry(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
  ): Promise<Answer<OperationResponse>> {
    return begunOperation(await this.control.retry(transaction, caller.id, id));
  }

  @Post(':id/cancel')
  @Endpoint({
    id: 'cancelOperation',
    summary: 'Cancel an operation',
    description:
      'Stops further attempts. The desired state is kept and completed steps are not undone; workers ignore the ' +
      'tenant until the operation is retried, or the tenant is changed or deleted. Deletions cannot be cancelled.',
    permission: 'operations:write',
    reach: 'operation',
    ok: { status: 200, schema: operationResponse, description: 'The operation, now `cancelled`.' },
    fails: ['operation.not_found', 'operation.not_cancellable', 'idempotency.key_reused'],
    idempotent: true,
  })
  async cancel(@CurrentTransaction() transaction: Transaction, @Param('id') id: string): Promise<OperationResponse> {
    return toOperationResponse(await this.control.cancel(transaction, id));
  }
}
