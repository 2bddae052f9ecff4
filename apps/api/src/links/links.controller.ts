import { type Principal } from '#access';
import { LinksService } from '#links';
import { type Transaction, uuidOf } from '#persistence';
import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import { type PageOf, pageRequest, pageResponse, pageSchema } from '../http/paging.js';
import { acceptedOperation } from '../operations/accepted-operation.js';
import { linkCaller } from './link-caller.js';
import {
  consentRequest,
  linkResponse,
  type LinkResponse,
  listLinksQuery,
  proposeLinkRequest,
  revokedLink,
  toLinkResponse,
  toNewLink,
} from './link.schema.js';

const isLinkId = (text: string): boolean => uuidOf('link', text) !== null;

/** Manages links, the only paths between tenants. */
@ApiTags('links')
@Controller('v1/links')
export class LinksController {
  constructor(private readonly links: LinksService) {}

  @Post()
  @Endpoint({
    id: 'createLink',
    summary: 'Create a link',
    description:
      'Proposes that workloads of one tenant can call a service of another. Nothing is opened until both sides have ' +
      'consented. A duplicate of an open link is refused unless it expires later, so that a link can be extended ' +
      'without a gap.',
    permission: 'links:write',
    ok: {
      status: 201,
      schema: linkResponse,
      description: 'The link.',
      headers: ['Location'],
    },
    fails: [
      ...(['request.invalid', 'link.same_tenant', 'link.tenant_unknown', 'link.environment_unknown'] as const),
      ...(['link.cluster_differs', 'link.expired', 'link.exists', 'link.same_caller', 'tenant.plan_limit'] as const),
      ...(['tenant.deleting', 'tenant.frozen', 'idempotency.key_reused'] as const),
    ],
    idempotent: true,
  })
  async propose(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Body({ schema: proposeLinkRequest }) body: z.output<typeof proposeLinkRequest>,
  ): Promise<Answer<LinkResponse>> {
    const status = await this.links.propose(transaction, linkCaller(caller), toNewLink(body), body.consents);
    return new Answer(toLinkResponse(status), { location: `/v1/links/${status.link.id}` });
  }

  @Get()
  @Endpoint({
    id: 'listLinks',
    summary: 'List links',
    description: 'Ended links stay on record.',
    permission: 'links:read',
    ok: { status: 200, schema: pageSchema(linkResponse), description: 'Links, newest first.' },
    fails: ['request.invalid', 'request.cursor_invalid'],
  })
  async list(@Query({ schema: listLinksQuery }) query: z.output<typeof listLinksQuery>): Promise<PageOf<LinkResponse>> {
    return pageResponse(await this.links.list(query, pageRequest(query, isLinkId)), toLinkResponse);
  }

  @Get(':id')
  @Endpoint({
    id: 'getLink',
    summary: 'Get a link',
    description: 'The link with the consent of each side and whether it is in force there.',
    permission: 'links:read',
    ok: { status: 200, schema: linkResponse, description: 'The link.' },
    fails: ['link.not_found'],
  })
  async get(@Param('id') id: string): Promise<LinkResponse> {
    return toLinkResponse(await this.links.get(id));
  }

  @Post(':id/consents')
  @Endpoint({
    id: 'consentToLink',
    summary: 'Consent to a link for one side',
    description:
      'After the second consent, workers open the link; poll it until it is `active` or `failed`. The two consents ' +
      'must come from different callers, except that `platform-admin` can give both.',
    permission: 'links:consent',
    ok: { status: 200, schema: linkResponse, description: 'The link with the consent recorded.' },
    fails: [
      ...(['request.invalid', 'link.not_found', 'link.state_conflict', 'link.same_caller'] as const),
      ...(['tenant.deleting', 'tenant.frozen', 'idempotency.key_reused'] as const),
    ],
    idempotent: true,
  })
  async consent(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @Body({ schema: consentRequest }) { side }: z.output<typeof consentRequest>,
  ): Promise<LinkResponse> {
    return toLinkResponse(await this.links.consent(transaction, linkCaller(caller), id, side));
  }

  @Delete(':id')
  @Endpoint({
    id: 'revokeLink',
    summary: 'Revoke a link',
    description:
      'Permanent, and carried out ahead of other queued work. Works while a tenant is frozen. The body contains the ' +
      'operations of both sides.',
    permission: 'links:write',
    ok: acceptedOperation(linkResponse, {
      description: 'The revoked link.',
      headers: ['Location'],
      read: async (services, { id }) =>
        new Answer(toLinkResponse(await services.get(LinksService, { strict: false }).get(id))),
    }),
    fails: ['link.not_found', 'link.state_conflict'],
  })
  async revoke(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
  ): Promise<Answer<LinkResponse>> {
    return revokedLink(await this.links.revoke(transaction, linkCaller(caller), id));
  }
}
