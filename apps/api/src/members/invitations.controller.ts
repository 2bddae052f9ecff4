import { type Principal } from '#access';
import { type Transaction, uuidOf } from '#persistence';
import { InvitationsService } from '#tenancy';
import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { refuseRolesBeyond } from '../access/refuse-beyond.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import { type PageOf, pageRequest, pageResponse, pageSchema } from '../http/paging.js';
import {
  createInvitationRequest,
  invitationResponse,
  type InvitationResponse,
  listInvitationsQuery,
  toInvitationResponse,
} from './member.schema.js';

const isInvitationId = (text: string): boolean => uuidOf('invitation', text) !== null;

/** Manages invitations to tenants. */
@ApiTags('members')
@Controller('v1/tenants/:id/invitations')
export class InvitationsController {
  constructor(private readonly invitations: InvitationsService) {}

  @Post()
  @Endpoint({
    id: 'createInvitation',
    summary: 'Create an invitation to a tenant',
    description:
      'The person becomes a member at the first login with this address, verified by an issuer, within 14 days; the ' +
      'invitation is gone then. No message is sent. The caller needs every permission of the role.',
    permission: 'members:write',
    reach: 'tenant',
    ok: { status: 201, schema: invitationResponse, description: 'The invitation.' },
    fails: [
      ...(['request.invalid', 'tenant.not_found', 'tenant.deleting', 'tenant.frozen'] as const),
      ...(['invitation.exists', 'member.limit', 'idempotency.key_reused'] as const),
    ],
    idempotent: true,
  })
  async create(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @Body({ schema: createInvitationRequest }) body: z.output<typeof createInvitationRequest>,
  ): Promise<InvitationResponse> {
    refuseRolesBeyond(caller, [body.role]);
    return toInvitationResponse(await this.invitations.create(transaction, caller.id, id, body));
  }

  @Get()
  @Endpoint({
    id: 'listInvitations',
    summary: 'List the invitations to a tenant',
    description: 'Those that can still be accepted.',
    permission: 'members:write',
    reach: 'tenant',
    ok: { status: 200, schema: pageSchema(invitationResponse), description: 'Invitations, newest first.' },
    fails: ['request.invalid', 'request.cursor_invalid', 'tenant.not_found'],
  })
  async list(
    @Param('id') id: string,
    @Query({ schema: listInvitationsQuery }) query: z.output<typeof listInvitationsQuery>,
  ): Promise<PageOf<InvitationResponse>> {
    return pageResponse(await this.invitations.list(id, pageRequest(query, isInvitationId)), toInvitationResponse);
  }

  @Delete(':invitation')
  @Endpoint({
    id: 'deleteInvitation',
    summary: 'Delete an invitation to a tenant',
    description: 'It can no longer be accepted.',
    permission: 'members:write',
    reach: 'tenant',
    ok: { status: 200, schema: invitationResponse, description: 'The invitation as it was.' },
    fails: ['tenant.not_found', 'invitation.not_found'],
  })
  async remove(
    @CurrentTransaction() transaction: Transaction,
    @Param() { id, invitation }: { id: string; invitation: string },
  ): Promise<InvitationResponse> {
    return toInvitationResponse(await this.invitations.withdraw(transaction, id, invitation));
  }
}
