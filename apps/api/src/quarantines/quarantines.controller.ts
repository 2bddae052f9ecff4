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
  description: 'The quarantine. Follow `Location` until no tenant is pending.',
  headers: { Location: 'The quarantine.' },
};

@ApiTags('quarantine')
@Controller('v1/quarantine')
export class QuarantinesController {
  constructor(private readonly quarantines: QuarantinesService) {}

  @Post('preview')
  @Endpoint({
    summary: 'See which tenants a quarantine would cut off',
    description:
      'Nothing is changed. `match` of the answer is what the quarantine demands. Where `images` are named, a worker ' +
      'looks through all that tenants run, and the match holds for 15 minutes.',
    changesNothing: true,
    permission: 'quarantines:write',
    ok: { status: 200, schema: blastRadiusResponse, description: 'Tenants by slug, and which are left out.' },
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
    summary: 'Quarantine many tenants at once',
    description:
      'No access and no traffic in or out; workloads run on. Each gets a hold of the source "security". All are ' +
      'accepted or none, before anything else that workers have to do.',
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
    summary: 'List quarantines of many tenants',
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
    summary: 'Read a quarantine, and how far each of its tenants is',
    permission: 'quarantines:read',
    ok: { status: 200, schema: quarantineResponse, description: 'The quarantine.' },
    fails: ['quarantine.not_found'],
  })
  async get(@Param('id') id: string): Promise<QuarantineResponse> {
    return toQuarantineResponse(await this.quarantines.get(id));
  }

  @Post(':id/lift')
  @Endpoint({
    summary: 'Let the tenants of a quarantine go',
    description: 'Lifts the holds that it placed, and no others.',
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
