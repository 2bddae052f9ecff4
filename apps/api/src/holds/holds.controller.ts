import { type Principal } from '#access';
import { type Transaction, uuidOf } from '#persistence';
import { HoldsService } from '#tenancy';
import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { type Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import { type PageOf, pageRequest, pageResponse, pageSchema } from '../http/paging.js';
import { acceptedOperation } from '../operations/accepted-operation.js';
import { holdCaller } from './hold-caller.js';
import {
  acceptedHold,
  holdResponse,
  type HoldResponse,
  listHoldsQuery,
  placeHoldRequest,
  toActive,
  toHoldResponse,
} from './hold.schema.js';

const isHoldId = (text: string): boolean => uuidOf('hold', text) !== null;

const accepted = acceptedOperation(holdResponse);

@ApiTags('holds')
@Controller('v1/tenants/:id/holds')
export class HoldsController {
  constructor(private readonly holds: HoldsService) {}

  @Post()
  @Endpoint({
    id: 'placeHold',
    summary: 'Place a hold on a tenant',
    description:
      'Holds are independent of each other. Each source can have one hold per effect; the role `billing` can place ' +
      'and lift only holds of the source `billing`. Quarantines take effect ahead of other queued changes.',
    permission: ['holds:billing', 'holds:admin', 'holds:security'],
    reach: 'tenant',
    ok: accepted,
    fails: ['request.invalid', 'tenant.not_found', 'tenant.deleting', 'hold.exists', 'idempotency.key_reused'],
    idempotent: true,
  })
  async place(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @Body({ schema: placeHoldRequest }) body: z.output<typeof placeHoldRequest>,
  ): Promise<Answer<HoldResponse>> {
    return acceptedHold(await this.holds.place(transaction, holdCaller(caller), id, body));
  }

  @Get()
  @Endpoint({
    id: 'listHolds',
    summary: 'List the holds of a tenant',
    description: 'Lifted holds stay on record.',
    permission: 'tenants:read',
    reach: 'tenant',
    ok: { status: 200, schema: pageSchema(holdResponse), description: 'Holds, newest first.' },
    fails: ['request.invalid', 'request.cursor_invalid', 'tenant.not_found'],
  })
  async list(
    @Param('id') id: string,
    @Query({ schema: listHoldsQuery }) query: z.output<typeof listHoldsQuery>,
  ): Promise<PageOf<HoldResponse>> {
    const page = { ...pageRequest(query, isHoldId), active: toActive(query) };
    return pageResponse(await this.holds.list(id, page), toHoldResponse);
  }

  @Delete(':holdId')
  @Endpoint({
    id: 'liftHold',
    summary: 'Lift a hold',
    description: 'All other holds stay in force. A restriction ends with the last hold of its effect.',
    permission: ['holds:billing', 'holds:admin', 'holds:security'],
    reach: 'tenant',
    ok: accepted,
    fails: ['tenant.not_found', 'tenant.deleting', 'hold.not_found'],
  })
  async lift(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @Param('holdId') holdId: string,
  ): Promise<Answer<HoldResponse>> {
    return acceptedHold(await this.holds.lift(transaction, holdCaller(caller), id, holdId));
  }
}
