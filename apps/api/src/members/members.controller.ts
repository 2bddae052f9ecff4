import { type Principal } from '#access';
import { type Transaction } from '#persistence';
import { MembersService } from '#tenancy';
import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { refuseRolesBeyond } from '../access/refuse-beyond.js';
import { type Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import { IfMatch } from '../http/if-match.js';
import { acceptedOperation } from '../operations/accepted-operation.js';
import {
  acceptedMember,
  addMemberRequest,
  memberResponse,
  type MemberResponse,
  membersResponse,
  type MembersResponse,
  readMember,
  readMembers,
  updateMemberRequest,
} from './member.schema.js';

interface OfTenant {
  id: string;
  member: string;
}

const accepted = acceptedOperation(memberResponse, { headers: ['ETag'] });
const changeFails = [
  ...(['request.invalid', 'precondition.failed', 'tenant.not_found', 'tenant.deleting', 'tenant.frozen'] as const),
] as const;

/** Manages the members of tenants. */
@ApiTags('members')
@Controller('v1/tenants/:id/members')
export class MembersController {
  constructor(private readonly members: MembersService) {}

  @Post()
  @Endpoint({
    id: 'addMember',
    summary: 'Add a member to a tenant',
    description:
      'A user, a group, or a ServiceAccount of the tenant’s namespaces, by the name that the cluster reports. It has the ' +
      'role in the namespaces, and in this API if an issuer is configured with that name. The caller needs every ' +
      'permission of the role. `If-Match` takes the ETag of the tenant.',
    permission: 'members:write',
    reach: 'tenant',
    ok: accepted,
    fails: [...changeFails, 'member.exists', 'member.limit', 'idempotency.key_reused'],
    idempotent: true,
    conditional: true,
  })
  async add(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @IfMatch() revisions: readonly number[] | null,
    @Body({ schema: addMemberRequest }) body: z.output<typeof addMemberRequest>,
  ): Promise<Answer<MemberResponse>> {
    refuseRolesBeyond(caller, [body.role]);
    return acceptedMember(await this.members.add(transaction, caller.id, { id, revisions }, body));
  }

  @Get()
  @Endpoint({
    id: 'listMembers',
    summary: 'List the members of a tenant',
    description: 'All members. The ETag is that of the tenant.',
    permission: 'tenants:read',
    reach: 'tenant',
    ok: { status: 200, schema: membersResponse, description: 'The members, oldest first.', headers: ['ETag'] },
    fails: ['tenant.not_found'],
  })
  async list(@Param('id') id: string): Promise<Answer<MembersResponse>> {
    return readMembers(await this.members.list(id));
  }

  @Get(':member')
  @Endpoint({
    id: 'getMember',
    summary: 'Get a member of a tenant',
    description: 'The ETag is that of the tenant.',
    permission: 'tenants:read',
    reach: 'tenant',
    ok: { status: 200, schema: memberResponse, description: 'The member.', headers: ['ETag'] },
    fails: ['tenant.not_found', 'member.not_found'],
  })
  async get(@Param() { id, member }: OfTenant): Promise<Answer<MemberResponse>> {
    return readMember(await this.members.get(id, member));
  }

  @Patch(':member')
  @Endpoint({
    id: 'updateMember',
    summary: 'Update a member of a tenant',
    description:
      'Gives the member another role. The caller needs every permission of the role. The last owner stays one. ' +
      '`If-Match` takes the ETag of the tenant.',
    permission: 'members:write',
    reach: 'tenant',
    ok: accepted,
    fails: [...changeFails, 'member.not_found', 'member.last_owner'],
    conditional: true,
  })
  async update(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param() { id, member: memberId }: OfTenant,
    @IfMatch() revisions: readonly number[] | null,
    @Body({ schema: updateMemberRequest }) { role }: z.output<typeof updateMemberRequest>,
  ): Promise<Answer<MemberResponse>> {
    refuseRolesBeyond(caller, [role]);
    return acceptedMember(await this.members.setRole(transaction, caller.id, { id, revisions, memberId }, role));
  }

  @Delete(':member')
  @Endpoint({
    id: 'removeMember',
    summary: 'Remove a member from a tenant',
    description:
      'Its requests to this API are refused at once, and its access to the namespaces is taken before any other work. The ' +
      'last owner cannot be removed. `If-Match` takes the ETag of the tenant.',
    permission: 'members:write',
    reach: 'tenant',
    ok: accepted,
    fails: [...changeFails, 'member.not_found', 'member.last_owner'],
    conditional: true,
  })
  async remove(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param() { id, member: memberId }: OfTenant,
    @IfMatch() revisions: readonly number[] | null,
  ): Promise<Answer<MemberResponse>> {
    return acceptedMember(await this.members.remove(transaction, caller.id, { id, revisions, memberId }));
  }
}
