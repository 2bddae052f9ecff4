import { everywhere, type Principal, roleNotFound, RolesService } from '#access';
import { type Transaction } from '#persistence';
import { Body, Controller, Delete, Get, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { refuseBeyond } from '../access/refuse-beyond.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import {
  builtInRoleResponses,
  putRoleRequest,
  roleName,
  roleResponse,
  type RoleResponse,
  rolesResponse,
  type RolesResponse,
  toRoleResponse,
} from './role.schema.js';

@ApiTags('roles')
@Controller('v1/roles')
export class RolesController {
  constructor(private readonly roles: RolesService) {}

  @Get()
  @Endpoint({
    id: 'listRoles',
    summary: 'List roles',
    description: 'Built-in roles first, then those that administrators defined, by name.',
    permission: 'roles:read',
    ok: { status: 200, schema: rolesResponse, description: 'All roles.' },
  })
  async list(): Promise<RolesResponse> {
    return { items: [...builtInRoleResponses(), ...(await this.roles.list()).map(toRoleResponse)] };
  }

  @Get(':name')
  @Endpoint({
    id: 'getRole',
    summary: 'Get a role',
    description: 'A built-in role, or one that an administrator defined.',
    permission: 'roles:read',
    ok: { status: 200, schema: roleResponse, description: 'The role.' },
    fails: ['role.not_found'],
  })
  async get(@Param('name') name: string): Promise<RoleResponse> {
    const builtIn = builtInRoleResponses().find((role) => role.name === name);
    if (builtIn !== undefined) return builtIn;
    const role = await this.roles.find(name);
    if (role === null) throw roleNotFound(name);
    return toRoleResponse(role);
  }

  @Put(':name')
  @Endpoint({
    id: 'putRole',
    summary: 'Create or replace a role',
    description:
      'Creates the role or changes it, which takes effect at once for all keys that have it. A role can contain no ' +
      'permission that its definer lacks.',
    permission: 'roles:write',
    ok: { status: 200, schema: roleResponse, description: 'The role.' },
    fails: ['request.invalid', 'role.built_in'],
  })
  async put(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('name', { schema: roleName }) name: string,
    @Body({ schema: putRoleRequest }) body: z.output<typeof putRoleRequest>,
  ): Promise<RoleResponse> {
    refuseBeyond(caller, 'role', { permissions: new Set(body.permissions), reach: everywhere });
    return toRoleResponse(await this.roles.put(transaction, caller.id, { name, ...body }));
  }

  @Delete(':name')
  @Endpoint({
    id: 'deleteRole',
    summary: 'Delete a role',
    description: 'Refused while a key that is not revoked has it.',
    permission: 'roles:write',
    ok: { status: 200, schema: roleResponse, description: 'The role as it was.' },
    fails: ['role.not_found', 'role.built_in', 'role.in_use'],
  })
  async delete(@CurrentTransaction() transaction: Transaction, @Param('name') name: string): Promise<RoleResponse> {
    return toRoleResponse(await this.roles.delete(transaction, name));
  }
}
