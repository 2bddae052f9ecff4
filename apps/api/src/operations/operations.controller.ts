import { OperationsService } from '#tenancy';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { Endpoint } from '../http/endpoint.decorator.js';
import {
  getOperationQuery,
  operationResponse,
  type OperationResponse,
  toOperationResponse,
} from './operation.schema.js';

@ApiTags('operations')
@Controller('v1/operations')
export class OperationsController {
  constructor(private readonly operations: OperationsService) {}

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
