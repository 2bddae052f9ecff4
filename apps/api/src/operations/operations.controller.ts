import { uuidOf } from '#persistence';
import { OperationsService } from '#tenancy';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { Endpoint } from '../http/endpoint.decorator.js';
import { pageRequest, pageResponse, pageSchema } from '../http/paging.js';
import {
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
  constructor(private readonly operations: OperationsService) {}

  @Get()
  @Endpoint({
    summary: 'List operations',
    permission: 'operations:read',
    ok: { status: 200, schema: pageSchema(operationResponse), description: 'Operations, newest first.' },
    fails: ['request.invalid', 'request.cursor_invalid'],
  })
  async list(
    @Query({ schema: listOperationsQuery }) query: z.output<typeof listOperationsQuery>,
  ): Promise<ReturnType<typeof pageResponse<never, OperationResponse>>> {
    return pageResponse(await this.operations.list(query, pageRequest(query, isOperationId)), toOperationResponse);
  }

  @Get(':id')
  @Endpoint({
    summary: 'Read an operation, or wait for its end',
    permission: 'operations:read',
    ok: { status: 200, schema: operationResponse, description: 'The operation.' },
    fails: ['request.invalid', 'operation.not_found'],
  })
  async get(
    @Param('id') id: string,
    @Query({ schema: getOperationQuery }) { wait }: z.output<typeof getOperationQuery>,
  ): Promise<OperationResponse> {
    return toOperationResponse(await this.operations.get(id, wait));
  }
}
