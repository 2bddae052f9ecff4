import { type Principal } from '#access';
import { type Transaction, uuidOf } from '#persistence';
import { QuarantinesService } from '#tenancy';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { type Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint, type EndpointOptions } from '../http/endpoint.decorator.js';
import { tenantPreviewQuery } from '../previews/preview.schema.js';
import { type PageOf, pageRequest, pageResponse, pageSchema } from '../http/paging.js';
import {
  acceptedQuarantine,
  blastRadiusResponse,
  type BlastRadiusResponse,
  listQuarantinesQuery,
  previewQuarantineRequest,
  quarantineListItem,
  type QuarantineListItem,
  quarantineRequest,
  quarantineResponse,
  type QuarantineResponse,
  toBlastRadiusResponse,
  toQuarantineListItem,
  toQuarantineResponse,
} from './quarantine.schema.js';

const isQuarantineId = (text: string): boolean => uuidOf('quarantine', text) !== null;
const accepted: EndpointOptions['ok'] = {
  status: 202,
  schema: quarantineResponse,
  description: 'The quarantine. Poll `Location` until no tenant is pending.',
  headers: ['Location'],
};

@ApiTags('quarantine')
@Controller('v1/quarantine')
export class QuarantinesController {
  constructor(private readonly quarantines: QuarantinesService) {}

  @Post('preview')
  @Endpoint({
    id: 'previewQuarantine',
    summary: 'Preview a quarantine',
    description:
      'Lists the tenants that the quarantine would cut off; nothing is changed. Placing the quarantine requires the ' +
      '`match` of the answer. With `images`, a worker searches the workloads of all tenants, and `match` is valid ' +
      'for 15 minutes.',
    changesNothing: true,
    permission: 'quarantines:write',
    ok: { status: 200, schema: blastRadiusResponse, description: 'Matching tenants by slug, including skipped ones.' },
    fails: ['request.invalid', 'preview.timeout', 'preview.failed'],
  })
  async preview(
    @CurrentCaller() caller: Principal,
    @Query({ schema: tenantPreviewQuery }) { wait }: z.output<typeof tenantPreviewQuery>,
    @Body({ schema: previewQuarantineRequest }) { selector }: z.output<typeof previewQuarantineRequest>,
  ): Promise<BlastRadiusResponse> {
    return toBlastRadiusResponse(await this.quarantines.preview(caller.id, selector, wait));
  }

  @Post()
  @Endpoint({
    id: 'createQuarantine',
    summary: 'Create a quarantine',
    description:
      'Cuts off many tenants at once: no access, and no traffic in or out; workloads keep running. Places a hold of ' +
      'the source "security" on each tenant, on all or on none. Takes effect ahead of other queued work.',
    permission: 'quarantines:write',
    ok: accepted,
    fails: ['request.invalid', 'precondition.preview_stale', 'idempotency.key_reused'],
    idempotent: true,
  })
  async place(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Body({ schema: quarantineRequest }) body: z.output<typeof quarantineRequest>,
  ): Promise<Answer<QuarantineResponse>> {
    return acceptedQuarantine(await this.quarantines.place(transaction, caller.id, body));
  }

  @Get()
  @Endpoint({
    id: 'listQuarantines',
    summary: 'List quarantines',
    description: 'Newest first, without their tenants.',
    permission: 'quarantines:read',
    ok: { status: 200, schema: pageSchema(quarantineListItem), description: 'Quarantines, newest first.' },
    fails: ['request.invalid', 'request.cursor_invalid'],
  })
  async list(
    @Query({ schema: listQuarantinesQuery }) query: z.output<typeof listQuarantinesQuery>,
  ): Promise<PageOf<QuarantineListItem>> {
    return pageResponse(await this.quarantines.list(pageRequest(query, isQuarantineId)), toQuarantineListItem);
  }

  @Get(':id')
  @Endpoint({
    id: 'getQuarantine',
    summary: 'Get a quarantine and the state of its tenants',
    description: 'Returns for each tenant whether the quarantine is in force in the cluster.',
    permission: 'quarantines:read',
    ok: { status: 200, schema: quarantineResponse, description: 'The quarantine.' },
    fails: ['quarantine.not_found'],
  })
  async get(@Param('id') id: string): Promise<QuarantineResponse> {
    return toQuarantineResponse(await this.quarantines.get(id));
  }

  @Post(':id/lift')
  @Endpoint({
    id: 'liftQuarantine',
    summary: 'Lift a quarantine',
    description: 'Lifts only the holds that this quarantine placed.',
    permission: 'quarantines:write',
    ok: accepted,
    fails: ['quarantine.not_found', 'idempotency.key_reused'],
    idempotent: true,
  })
  async lift(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
  ): Promise<Answer<QuarantineResponse>> {
    return acceptedQuarantine(await this.quarantines.lift(transaction, caller.id, id));
  }
}
